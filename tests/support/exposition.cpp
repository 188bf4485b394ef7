#include "support/exposition.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>
#include <stdexcept>

namespace nexus::test {
namespace {

bool is_name(std::string_view text) {
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(),
                       [text](std::string_view end) { return text.ends_with(end); });
}

// Up to the first `separator`, which goes too; all of the rest where there is none.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

class Reader {
  public:
    void line(std::string_view text) {
        line_ = text;
        require(!text.empty(), "an empty line");
        if (text.front() == '#') {
            comment(text);
        } else {
            sample(text);
        }
    }
    Samples take_samples() {
        require(helped_ == typed_, "a family has HELP or TYPE, and not both");
        return std::move(samples_);
    }

  private:
    void require(bool holds, const std::string& problem) const {
        if (!holds) throw std::runtime_error(problem + ": " + std::string(line_));
    }

    void comment(std::string_view rest) {
        require(take(rest, ' ') == "#", "a comment begins with a blank");
        const auto kind = take(rest, ' ');
        const std::string name(take(rest, ' '));
        require(is_name(name), "a bad name");
        if (kind == "HELP") {
            require(helped_.insert(name).second, "a second HELP");
            require(rest.ends_with('.'), "a HELP that is no sentence");
        } else {
            require(kind == "TYPE", "neither HELP nor TYPE");
            require(helped_.count(name) > 0, "a TYPE without HELP");
            require(typed_.insert(name).second, "a second TYPE");
            begin_family(name, rest);
        }
    }

    void begin_family(const std::string& name, std::string_view type) {
        family_ = name;
        type_ = type;
        const bool known = type == "counter" || type == "gauge" || type == "summary";
        require(known, "an unknown type");
        require(name.ends_with("_total") == (type == "counter"),
                "a counter, and it alone, is _total");
        require(!ends_with_any(name, {"_ms", "_milliseconds", "_minutes", "_kilobytes", "_mb"}),
                "no base unit");
    }

    void sample(std::string_view rest) {
        const auto name_end = std::min(rest.find_first_of("{ "), rest.size());
        const std::string name(rest.substr(0, name_end));
        require(is_name(name), "a bad name");
        const bool of_summary =
            type_ == "summary" && (name == family_ + "_sum" || name == family_ + "_count");
        require(of_summary || (type_ != "summary" && name == family_), "not of the family above");
        auto key = std::string(rest);
        rest.remove_prefix(name_end);
        if (rest.starts_with('{')) labels(rest);
        require(take(rest, ' ').empty(), "no blank before the value");
        key.resize(key.size() - rest.size() - 1);
        double value = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        require(error == std::errc() && end == rest.data() + rest.size(), "no number");
        require(samples_.emplace(key, value).second, "a series that was there before");
    }

    void labels(std::string_view& rest) {
        std::set<std::string> names;
        do {
            rest.remove_prefix(1);
            const std::string name(take(rest, '='));
            require(is_name(name) && !name.starts_with("__"), "a bad label");
            require(names.insert(name).second, "a label twice");
            require(rest.starts_with('"'), "a value without quotes");
            rest.remove_prefix(1);
            while (!rest.empty() && rest.front() != '"') {
                if (rest.front() == '\\') {
                    rest.remove_prefix(1);
                    require(rest.find_first_of("\\\"n") == 0, "a bad escape");
                }
                rest.remove_prefix(1);
            }
            require(!rest.empty(), "a value without an end");
            rest.remove_prefix(1);
        } while (rest.starts_with(','));
        require(rest.starts_with('}'), "labels without an end");
        rest.remove_prefix(1);
    }

    std::string_view line_;
    std::set<std::string> helped_;
    std::set<std::string> typed_;
    std::string family_;
    std::string type_;
    Samples samples_;
};

}  // namespace

Samples read_exposition(std::string_view text) {
    if (!text.ends_with('\n')) throw std::runtime_error("the last line has no end");
    Reader reader;
    while (!text.empty())
        reader.line(take(text, '\n'));
    return reader.take_samples();
}

}  // namespace nexus::test
