panic("the table is inconsistent");
// ---- instead
print("the table is consistent");
