// A package with modules, an import cycle, a dependency and a function declared here and defined elsewhere.
import model.cart;
import model.item as item;
import pricing;

func describe(cart: cart.Cart): String
const currency: String = "EUR";

func main() {
  let c = cart.Cart();
  c.add(item.Item("tea", 300));
  c.add(item.Item("cake", 450));
  print(c.total(), describe(c), item.limit);
  // expect: 750 2 items 1000
  print(pricing.withTax(c.total()), pricing.rate, currency);
  // expect: 892 19 EUR
  print(item.parse("mug:700")?.price, item.parse("bad"));
  // expect: 700 null
}
