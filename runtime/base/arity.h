/* How CPython words that a call's arguments are not those that a function written in Python takes (too_many_positional and
 * format_missing in ceval.c). What follows the name and "() " is made here; it holds no names, so it has a greatest length. */
#ifndef BURIN_BASE_ARITY_H
#define BURIN_BASE_ARITY_H

enum { ARITY_SIZE = 160 };

/* "takes from 1 to 2 positional arguments but 3 were given". by_keyword: how many keyword-only arguments were given besides. */
void arity_too_many(char out[ARITY_SIZE], unsigned required, unsigned positional, unsigned given, unsigned by_keyword);
/* "missing 2 required positional arguments: ", for the names to follow. kind: "positional" or "keyword-only". */
void arity_missing(char out[ARITY_SIZE], unsigned missing, const char *kind);
/* What stands before a name of that list when so many stand there already: nothing, or what joins it to them. */
const char *arity_joint(unsigned listed, unsigned missing);

#endif
