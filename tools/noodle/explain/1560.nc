$ noodle replay picture.png
error 1560: not a recording
