// Burin in C++: owners that free, the program's own structs as data, an error that says where.
#include <burin/burin.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

template <class T, void (*Free)(T *)> struct freed_by {
    void operator()(T *object) const { Free(object); }
};
template <class T, void (*Free)(T *)> using owned = std::unique_ptr<T, freed_by<T, Free>>;

using types_owner    = owned<burin_types, burin_types_free>;
using env_owner      = owned<burin_env, burin_env_unref>;
using heap_owner     = owned<burin_heap, burin_heap_free>;
using template_owner = owned<burin_template, burin_template_unref>;
using render_owner   = owned<burin_render, burin_render_free>;

enum class kind : uint8_t { fruit, bread };

struct thing {
    burin_text name;
    kind       what;
    double     price;
};

struct basket {
    const thing *things;
    size_t       count;
    bool         is_gift;
};

const burin_enum   kinds[]         = {{"fruit", static_cast<int64_t>(kind::fruit)}, {"bread", static_cast<int64_t>(kind::bread)}, {nullptr, 0}};
const burin_field  thing_fields[]  = {BURIN_FIELD(thing, name), BURIN_NAMED(thing, what, kinds), BURIN_FIELD(thing, price)};
const burin_field  basket_fields[] = {BURIN_STRUCTS(basket, things, count, "thing"), BURIN_FIELD(basket, is_gift)};
const burin_struct structs[]       = {BURIN_DESCRIBE(thing, "thing", thing_fields), BURIN_DESCRIBE(basket, "basket", basket_fields)};

const burin_text source = BURIN_TEXT("{% for t in basket.things %}{{ t.name }} ({{ t.what }}): {{ '%.2f' | format(t.price) }}\n{% endfor %}"
                                     "{{ basket.things | sum(attribute='price') }} in all{{ ', wrapped' if basket.is_gift }}\n");

/* The error's text, with the line of the template; it is cleared. */
std::string told(burin_error &error)
{
    std::unique_ptr<char, freed_by<void, std::free>> text(burin_error_format(&error, false));
    burin_error_clear(&error);
    return text ? text.get() : "out of memory";
}

std::string render(burin_env *env, const burin_types *types, burin_text template_text, const basket &data)
{
    burin_error    error = BURIN_ERROR_INIT;
    burin_text     text;
    heap_owner     heap(burin_heap_new(nullptr));
    template_owner tpl(burin_template_from_string(env, "basket", template_text, &error));
    render_owner   run(tpl ? burin_render_new(env, &error) : nullptr);
    if (!heap || !run)
        return told(error);
    burin_value variables = burin_dict(heap.get(), 1);
    burin_dict_set_z(heap.get(), variables, "basket", burin_struct_value(types, "basket", &data));
    if (burin_render_text(run.get(), tpl.get(), variables, &text, &error))
        return told(error);
    return std::string(text.data, text.len);
}

} // namespace

int main()
{
    burin_error error = BURIN_ERROR_INIT;
    types_owner types(burin_types_new(structs, 2, nullptr, 0, nullptr, &error));
    env_owner   env(burin_env_new(nullptr, &error));
    if (!types || !env || burin_env_set_types(env.get(), types.get())) {
        std::fputs(told(error).c_str(), stderr);
        return 1;
    }
    const std::vector<thing> things = {{BURIN_TEXT("apple"), kind::fruit, 0.4}, {BURIN_TEXT("baguette"), kind::bread, 1.25}};
    const basket             data   = {things.data(), things.size(), true};
    std::puts(render(env.get(), types.get(), source, data).c_str());
    std::puts(render(env.get(), types.get(), BURIN_TEXT("{{ basket.things[0].nmae.x }}"), data).c_str());
}
