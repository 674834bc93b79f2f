import model.item;
export class Cart {
  items: List<item.Item> = [];
  func add(i: item.Item) { items.push(i); }
  func total(): int { return items.fold(0, (sum, i) => sum + i.price); }
}
export func describe(cart: Cart): String { return cart.items.length + " items"; }
