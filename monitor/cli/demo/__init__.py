"""`monitor demo`: small news sites, a mailbox and a webhook receiver on loopback, and the daemon at work on them."""
