/* burin/grant.h: what templates, expressions and scripts may see of a store and a registry: what was granted to them, and nothing else.
 *
 *     burin_env_grant(env, move_agent, NULL);
 *     burin_env_grant_versions(env);
 *     burin_dict_set_z(heap, vars, "grid", burin_entity_value(heap, reader, grid, &err));
 *
 *     {% set grid = move_agent(grid, 3, name='ann', target=7) %}{{ grid.nodes[7].agents|length }}
 *     {% for was in history(grid) %}{{ was.version }} {% endfor %}{{ diff(at(grid, 1), grid) }}
 *
 * An entity is an object that never changes: it is of one version of its tree. Its attributes are values, and entities of the same version:
 * a reference gives the entity referred to, as it is in that version or, if it is in another tree, as it is now; none when it has gone; children give lists, or dicts by their keys. Where no attribute has the name, `id`,
 * `tree`, `version`, `type` (its name), `owner` (none for a root) and `address` are there too. Two entities are equal when they are one state of one entity. */
#ifndef BURIN_GRANT_H
#define BURIN_GRANT_H

#include "burin/environment.h"
#include "burin/interpreter.h"
#include "burin/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An entity as a value. reader: pinned and borrowed as long as the values of the heap are used. MISSING after filling err. */
BURIN_API burin_value burin_entity_value(burin_heap *heap, burin_reader *reader, burin_entity entity, burin_error *err);
/* The entity behind such a value, with its version; false for any other value. */
BURIN_API bool burin_value_entity(burin_value value, burin_entity *out);

/* Let templates call a function of a registry. as: the name there; NULL: its own, of which the part behind the last dot. Arguments by position or name, as burin_invoke_named;
 * entities may be given as values or by address. Those of another store are refused (BURIN_ERR_VALUE). Entities among the results are of the version that the call made. The registry must outlive
 * the environment, and its store the heaps and interpreters that results of calls are in. Errors: as burin_env_add_function. */
BURIN_API burin_status burin_env_grant(burin_env *env, const burin_callable *callable, const char *as);
/* Let them look at other versions; a store must outlive the heaps and interpreters in which this was done:
 *   history(e)    the kept states of an entity in its tree, newest first
 *   at(e, v)      the entity in version v of its tree
 *   diff(a, b)    what leads from the version a is of to that of b: a list of {'id', 'what', 'attributes', 'entity'} for all entities of the trees; entity:
 *                 as it is in b's version, a removed one in a's; what: 'added', 'removed', 'moved', 'modified', 'touched' */
BURIN_API burin_status burin_env_grant_versions(burin_env *env);

/* ---- functions of scripts ---- */

/* Register a function that a script (burin/interpreter.h) defines, under the last part of its name:
 *
 *     def hire(node, name):
 *         agent = create('Agent', name=name)
 *         attach(agent, node, 'agents')
 *         node.size += 1
 *         return agent
 *
 * declaration: as burin_register's, `body`, `plain`, `data` and `release` NULL: the same types, effects and plans; it is called by name from C, from scripts
 * and from templates as any other. env: made with options.scripts; counted, and frozen. What is granted to it the script can use, and nothing
 * else of the store; its limits hold for each call. Called functions run in the call's transaction.
 * Entities among the arguments belong to the call: their attributes are as the transaction has them, children in tuples and dicts, and are
 * set by assignment. Used after the call they are refused. Results of BURIN_RETURNS_TUPLE and _LIST are lists or tuples, of _DICT dicts.
 * The script is run now, and again for each call that runs beside others; what it keeps in variables outside the function may be lost between calls.
 * out: may be NULL. Errors: as burin_register; what the script fails with; BURIN_ERR_VALUE (it defines no such function). */
BURIN_API burin_status burin_register_script(burin_registry *registry, burin_env *env, const burin_declaration *declaration, burin_text text,
                                             const burin_callable **out, burin_error *err);
/* Let such functions, and scripts in a transaction (below), change which entities there are; elsewhere these are BURIN_ERR_USAGE:
 *   create('Type', attribute=value, ...)     a new entity, nowhere yet
 *   attach(child, owner, 'attribute', at)    put it under an owner; at: an index, or a key; left out: at the end
 *   detach(e), discard(e), promote(e)        as burin_txn_detach, burin_txn_discard, burin_txn_promote; they give e
 *   copy(e)                                  a copy of it with all below, nowhere yet
 *   entity('@7.nodes[0]'), entity(7)         what an address (burin/address.h) or a number names, as the transaction has it; with a
 *                                            version, as it was then, which nobody can change
 *   roots()                                  the roots of the store's trees as the transaction has them, in a list; those it makes come last */
BURIN_API burin_status burin_env_grant_changes(burin_env *env);

/* ---- scripts in a transaction ---- */

/* Have what an interpreter runs from now on work in a transaction of the host's, as functions of scripts do in their call's: what
 * burin_env_grant_changes grants works, entities are set by assignment, functions granted are called in it. NULL: in none again. Borrowed; the host
 * commits or aborts it, after setting another or none: entities that the script still has are then refused.
 *
 *     burin_txn *txn = burin_txn_begin(store, &err);
 *     burin_interpreter_set_txn(in, txn);
 *     status = burin_interpreter_set_entity(in, "grid", grid, &err);
 *     if (!status)
 *         status = burin_interpreter_run(in, text, "rules.py", NULL, &err);
 *     burin_interpreter_set_txn(in, NULL);
 *     if (status)
 *         burin_txn_abort(txn);
 *     else
 *         status = burin_txn_commit(txn, NULL, NULL, &err);
 */
BURIN_API void burin_interpreter_set_txn(burin_interpreter *in, burin_txn *txn);
/* An entity of that transaction as a variable. Errors: BURIN_ERR_USAGE (there is none), BURIN_ERR_KEY (it has no such entity), BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_interpreter_set_entity(burin_interpreter *in, const char *name, burin_entity entity, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
