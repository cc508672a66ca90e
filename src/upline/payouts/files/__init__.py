"""Files that banks pay by: pain.001, 1CClientBankExchange, CSV. Pure: orders in, bytes out."""
