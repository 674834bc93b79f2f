$ noodle test app
3 passed, 1 failed
