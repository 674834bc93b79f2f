enum Light { red, green }
func go(l: Light): bool {
  return match (l) { case Light.green => true };
}
// ---- instead
enum Light { red, green }
func go(l: Light): bool {
  return match (l) { case Light.green => true, case Light.red => false };
}
print(go(Light.red));
