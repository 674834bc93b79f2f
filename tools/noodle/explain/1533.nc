$ noodle run app
error 1533: `measure` is declared (int): int, its body in app.a is (float): int
