#include "engine/cache.h"

#include "engine/template.h"

bool cache_init(template_cache *cache, const burin_allocator *alloc)
{
    *cache = (template_cache){.map = name_map_make(alloc)};
    atomic_init(&cache->losses, 0);
    return pthread_mutex_init(&cache->lock, NULL) == 0;
}

static void unlink_template(template_cache *cache, burin_template *tpl)
{
    if (tpl->newer)
        tpl->newer->older = tpl->older;
    else
        cache->newest = tpl->older;
    if (tpl->older)
        tpl->older->newer = tpl->newer;
    else
        cache->oldest = tpl->newer;
    tpl->newer = tpl->older = NULL;
}

static void link_newest(template_cache *cache, burin_template *tpl)
{
    tpl->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = tpl;
    else
        cache->oldest = tpl;
    cache->newest = tpl;
}

void cache_deinit(template_cache *cache)
{
    while (cache->oldest) {
        burin_template *tpl = cache->oldest;
        unlink_template(cache, tpl);
        template_release(tpl);
    }
    name_map_deinit(&cache->map);
    pthread_mutex_destroy(&cache->lock);
}

burin_template *cache_get(template_cache *cache, burin_text name)
{
    if (cache->capacity == 0)
        return NULL;
    pthread_mutex_lock(&cache->lock);
    burin_template *tpl = name_map_get(&cache->map, name);
    if (tpl) {
        template_hold(tpl);
        if (tpl != cache->newest) {
            unlink_template(cache, tpl);
            link_newest(cache, tpl);
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return tpl;
}

void cache_put(template_cache *cache, burin_template *tpl)
{
    burin_template *gone = NULL; /* released outside the lock: freeing a program takes its time */

    if (cache->capacity == 0)
        return;
    pthread_mutex_lock(&cache->lock);
    burin_text      name     = template_name_text(tpl);
    burin_template *replaced = name_map_get(&cache->map, name);
    if (!replaced && cache->capacity > 0 && cache->map.count >= (size_t)cache->capacity)
        gone = cache->oldest;
    else
        gone = replaced;
    if (gone) { /* the map borrows the name of the template it holds, so the old one leaves before the new one comes */
        atomic_fetch_add_explicit(&cache->losses, 1, memory_order_release);
        unlink_template(cache, gone);
        name_map_remove(&cache->map, template_name_text(gone));
    }
    if (name_map_put(&cache->map, name, tpl)) {
        template_hold(tpl);
        link_newest(cache, tpl);
    }
    pthread_mutex_unlock(&cache->lock);
    if (gone)
        template_release(gone);
}
