"""What a bank says that it did, beside what it was asked for. Pure: a statement in, three lists out."""
