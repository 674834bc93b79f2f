$ noodle run app
error 1531: `measure` has bodies in app.a and app.b
