$ noodle node
error 6020: TLS with 10.0.0.7:7700 failed: certificate verify failed
