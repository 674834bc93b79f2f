import model.cart;
export record Item(name: String, price: int)
export const limit: int = 10 * 100;
export func parse(text: String): Item? {
  let parts = text.split(":");
  if (parts.length != 2) { return null; }
  let price = parts[1].parseInt();
  return price == null ? null : Item(parts[0], price);
}
export func empty(): cart.Cart { return cart.Cart(); }
