let n = 3;
match (n) { case "three" => print(1), case _ => print(2) }
// ---- instead
let n = 3;
match (n) { case 3 => print(1), case _ => print(2) }
