interface Named { func name(): String }
class Dog implements Named { }
// ---- instead
interface Named { func name(): String }
class Dog implements Named { func name(): String { return "Rex"; } }
print(Dog().name());
