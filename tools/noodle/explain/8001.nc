func main() { print(fs.exists("/etc/hostname")); }
