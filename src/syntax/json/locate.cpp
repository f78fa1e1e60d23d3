#include "syntax/json/locate.hpp"

#include "syntax/json/value.hpp"

namespace wharf::json {
namespace {

class Locator {
public:
    explicit Locator(std::string_view text) : text_(text) {}

    std::size_t run(std::span<PathStep const> path) {
        blanks();
        auto found = at_;
        for (auto const& step : path) {
            if (at_ >= text_.size() || text_[at_] != (step.entry ? '[' : '{') || !enter(step)) break;
            found = at_;
        }
        return found;
    }

private:
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
            ++at_;
    }
    std::string_view quoted() {
        auto const begin = at_++;
        while (at_ < text_.size() && text_[at_] != '"')
            at_ += text_[at_] == '\\' ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
        return text_.substr(begin, at_ - begin);
    }
    /// Behind the value at at_; brackets are counted, not followed.
    void skip() {
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            auto const c = text_[at_];
            if (c == '"') {
                quoted();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at_;
            } else if (c == '}' || c == ']') {
                if (depth == 0) return;
                --depth;
                ++at_;
            } else if (c == ',' && depth == 0) {
                return;
            } else {
                ++at_;
                continue;
            }
            if (depth == 0) return;
        }
    }
    /// To the value of the step; false: there is none.
    bool enter(PathStep const& step) {
        ++at_;
        for (std::size_t index = 0; at_ < text_.size(); ++index) {
            blanks();
            if (at_ >= text_.size() || text_[at_] == '}' || text_[at_] == ']') return false;
            bool here = step.entry && index == step.index;
            if (!step.entry) {
                auto const name = parse(quoted());
                here = name && name->text() == step.name;
                blanks();
                ++at_; // the colon
                blanks();
            }
            if (here) return true;
            skip();
            blanks();
            if (at_ < text_.size() && text_[at_] == ',') ++at_;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

std::size_t locate(std::string_view text, std::span<PathStep const> path) {
    return Locator(text).run(path);
}

} // namespace wharf::json
