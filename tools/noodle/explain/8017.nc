$ noodle token issue --ca ca alice
error 8017: ca/token.key holds no ed25519 key
