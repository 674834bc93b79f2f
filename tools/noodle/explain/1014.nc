let x = 1;
match (x) { case + => print(1), case _ => print(2) }
// ---- instead
let x = 1;
match (x) { case 1 => print(1), case _ => print(2) }
