gateway.register_service({ name: 'files', capabilities: ['read'] });
// ---- instead
try {
  gateway.register_service({ name: 'files', capabilities: ['read'] });
} catch (e) { print(e.code); }
