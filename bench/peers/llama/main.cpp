// llama.cpp's Jinja engine (common/jinja) as a harness: bench-llama check|time|cold WORKLOAD FOLDER ... (see bench/c/harness.h).
// Values are converted once, before: a render is a scope over them, the program's execution, and its text in one piece, as llama.cpp's chat.cpp does it.
#include "jinja/lexer.h"
#include "jinja/parser.h"
#include "jinja/runtime.h"
#include "json.h"
#include "measure.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

/* What json.cpp's assertions call; the rest of that library is not linked. */
extern "C" void ggml_abort(const char *file, int line, const char *form, ...)
{
    std::fprintf(stderr, "error: %s:%d: %s\n", file, line, form);
    std::abort();
}

static std::string contents(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/* Median and best time of `work`, ns, at the pace the command line gives from its fourth argument on. */
template <class Work> static std::pair<double, double> timed(char **argv, Work work)
{
    return measure(std::atof(argv[4]), std::atof(argv[5]), std::atoi(argv[6]), 1, work);
}

static jinja::program compiled(const std::string &source)
{
    jinja::lexer lexer;
    return jinja::parse_from_tokens(lexer.tokenize(source));
}

static std::string rendered(const jinja::program &program, const jinja::context &data)
{
    jinja::context scope(data);
    jinja::runtime runtime(scope);
    return jinja::runtime::gather_string_parts(runtime.execute(program))->as_string().str();
}

static int run(char **argv)
{
    const std::string command = argv[1], workload = argv[2], folder = argv[3];
    const std::string name = workload == "stocks200" ? "stocks20" : workload == "chattools" ? "chat" : workload;
    const std::string source = contents(folder + "/templates-llama.cpp/" + name + ".jinja");
    jinja::context data(source);
    jinja::global_from_json(data, common_json::parse(contents(folder + "/data/" + workload + ".json")), false);
    const jinja::program program = compiled(source);
    if (command == "check") {
        std::ofstream(argv[4], std::ios::binary) << rendered(program, data);
    } else if (command == "cold") {
        const auto compile = timed(argv, [&] { compiled(source); });
        const auto cold = timed(argv, [&] { rendered(compiled(source), data); });
        std::printf("{\"compile_ns\": %.1f, \"cold_ns\": %.1f}\n", compile.first, cold.first);
    } else {
        take_turns(std::atof(argv[4]), std::atof(argv[5]), 1, [&] { rendered(program, data); });
    }
    return 0;
}

int main(int argc, char **argv)
{
    try {
        return argc > 4 ? run(argv) : 2;
    } catch (const std::exception &problem) {
        std::cerr << "error: " << problem.what() << "\n";
        return 1;
    }
}
