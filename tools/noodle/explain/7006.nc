$ noodle run app
error 7006: packages depend on each other: app -> tables -> app
