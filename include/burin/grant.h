/* burin/grant.h: what templates and expressions may see of a store and a registry: what was granted to them, and nothing else.
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
#include "burin/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An entity as a value. reader: pinned and borrowed as long as the values of the heap are used. MISSING after filling err. */
BURIN_API burin_value burin_entity_value(burin_heap *heap, burin_reader *reader, burin_entity entity, burin_error *err);
/* The entity behind such a value, with its version; false for any other value. */
BURIN_API bool burin_value_entity(burin_value value, burin_entity *out);

/* Let templates call a function of a registry. as: the name there; NULL: its own, of which the part behind the last dot. Arguments by position or name, as burin_invoke_named;
 * entities may be given as values or by address. Entities among the results are of the version that the call made. The registry must outlive
 * the environment. Errors: as burin_env_add_function. */
BURIN_API burin_status burin_env_grant(burin_env *env, const burin_callable *callable, const char *as);
/* Let them look at other versions:
 *   history(e)    the kept states of an entity in its tree, newest first
 *   at(e, v)      the entity in version v of its tree
 *   diff(a, b)    what leads from the version a is of to that of b: a list of {'id', 'what', 'attributes', 'entity'} for all entities of the trees; entity:
 *                 as it is in b's version, a removed one in a's; what: 'added', 'removed', 'moved', 'modified', 'touched' */
BURIN_API burin_status burin_env_grant_versions(burin_env *env);

#ifdef __cplusplus
}
#endif
#endif
