class Engine(power: int) { }
class Car { engine: Engine; }
print(Car());
// ---- instead
class Engine(power: int) { }
class Car { engine: Engine = Engine(90); }
print(Car() is Car);
