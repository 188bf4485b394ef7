#include "queue/scripts.hpp"

#include "lua_files.hpp"

namespace nexus::queue {
namespace {

redis::Script load(std::string_view name) {
    return redis::Script(std::string(embedded_lua("prelude")).append(embedded_lua(name)));
}

}  // namespace

const redis::Script& pull_script() {
    static const redis::Script script = load("pull");
    return script;
}

const redis::Script& finish_script() {
    static const redis::Script script = load("finish");
    return script;
}

const redis::Script& cancel_script() {
    static const redis::Script script = load("cancel");
    return script;
}

const redis::Script& lease_script() {
    static const redis::Script script{embedded_lua("lease")};
    return script;
}

const redis::Script& register_script() {
    static const redis::Script script = load("register");
    return script;
}

const redis::Script& claim_script() {
    static const redis::Script script{embedded_lua("claim")};
    return script;
}

const redis::Script& drain_script() {
    static const redis::Script script{embedded_lua("drain")};
    return script;
}

const redis::Script& dead_list_script() {
    static const redis::Script script = load("dead_list");
    return script;
}

const redis::Script& requeue_script() {
    static const redis::Script script = load("requeue");
    return script;
}

}  // namespace nexus::queue
