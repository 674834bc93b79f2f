// The smallest useful program: values, a record, a list, text.
//   noodle run examples/hello.nc -- Ada Grace
record Greeting(name: String, mood: String = "curious");

func main(args: List<String>): int {
  let names = args.length > 0 ? args : ["world"];
  for (name in names) {
    let greeting = Greeting(name: name);
    print(`Hello, ${greeting.name}! You look ${greeting.mood} today.`);
  }
  let squares = (1..5).map(n => n * n);
  print("Squares:", squares, "sum", squares.sum());
  return 0;
}
