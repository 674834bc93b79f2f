/* a remark
print(1);
// ---- instead
/* a remark */
print(1);
