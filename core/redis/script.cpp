#include "redis/script.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>

namespace nexus::redis {
namespace {

std::string sha1_of(const std::string& text) {
    Poco::SHA1Engine engine;
    engine.update(text);
    return Poco::DigestEngine::digestToHex(engine.digest());
}

Command make_command(std::string_view name, std::string_view script,
                     const std::vector<std::string_view>& keys,
                     const std::vector<std::string_view>& arguments) {
    Command command(name, script, keys.size());
    for (const auto key : keys)
        command.add(key);
    for (const auto argument : arguments)
        command.add(argument);
    return command;
}

}  // namespace

Script::Script(std::string_view source) : source_(source), sha1_(sha1_of(source_)) {}

Reply Script::run(Connection& connection, const std::vector<std::string_view>& keys,
                  const std::vector<std::string_view>& arguments, const Patience& patience) const {
    try {
        return connection.call(make_command("EVALSHA", sha1_, keys, arguments), patience);
    } catch (const Error& error) {
        if (error.code() != "NOSCRIPT") throw;
    }
    return connection.call(make_command("EVAL", source_, keys, arguments), patience);
}

}  // namespace nexus::redis
