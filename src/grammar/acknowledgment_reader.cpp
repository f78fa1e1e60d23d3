#include "grammar/acknowledgment_reader.hpp"

#include "grammar/envelope_check.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_text = 200;  // of anything copied from an acknowledgment
constexpr std::size_t most_contexts = 20; // CTX kept of one segment
constexpr std::size_t longest_bytes = 400; // of a segment kept to be shown

template <typename Number>
Number number_of(std::string_view text) {
    Number value = 0;
    auto const trimmed = trim_blanks(text);
    auto const [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
    return error == std::errc() && end == trimmed.data() + trimmed.size() ? value : 0;
}

std::string code_words(std::string_view words, std::string const& code) { return words.empty() ? "code " + code : std::string(words); }

class Reading {
public:
    explicit Reading(x12::SegmentList const& list) : list_(list) {}

    GroupAcknowledgment read() {
        for (std::size_t i = 0; i < list_.size(); ++i) {
            index_ = i;
            segment(list_[i].id());
        }
        for (auto& set : out_.sets) // AK2 without AK5: what AK9 says of all
            if (!set.judged)
                set.code = !out_.judged ? no_verdict : out_.code == 'P' ? 'R' : out_.code;
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string text(std::uint32_t element) const {
        return std::string(trim_blanks(list_[index_].element(element)).substr(0, longest_text));
    }
    [[nodiscard]] NotePlace place() const {
        auto const here = list_[index_];
        return {list_.file_offset(here.begin()), static_cast<std::uint32_t>(index_ + 1), std::string(here.bytes().substr(0, longest_bytes))};
    }
    [[nodiscard]] std::vector<std::string> codes(std::uint32_t from) const {
        std::vector<std::string> found;
        for (auto k = from; k < from + 5; ++k)
            if (auto one = text(k); !one.empty())
                found.push_back(std::move(one));
        return found;
    }

    void segment(std::string_view id) {
        if (id == "AK1") {
            out_.functional_id = text(1);
            out_.group_control_number = text(2);
            out_.release = text(3);
            out_.place = place();
        } else if (id == "AK2") {
            auto& set = out_.sets.emplace_back();
            set.set_id = text(1);
            set.control_number = text(2);
            set.place = place();
        } else if (id == "AK9") {
            group_verdict();
        } else if (out_.sets.empty()) {
            return; // a note without a set says nothing
        } else if (id == "AK3" || id == "IK3") {
            segment_note();
        } else if (id == "AK4" || id == "IK4") {
            element_note();
        } else if (id == "CTX") {
            context();
        } else if (id == "AK5" || id == "IK5") {
            set_verdict();
        }
    }

    void segment_note() {
        auto& set = out_.sets.back();
        auto& note = set.segments.emplace_back();
        note.id = text(1);
        note.position = number_of<std::uint64_t>(text(2));
        note.loop = text(3);
        note.code = text(4);
        note.place = place();
        segment_in_error_ = fmt::format("segment {} ({})", text(2), note.id);
        if (note.code != "8" && !note.code.empty())
            set.errors.push_back(fmt::format("{}: {}", segment_in_error_, code_words(segment_error_words(note.code), note.code)));
    }

    void element_note() {
        auto& set = out_.sets.back();
        ElementNote note;
        auto const where = list_[index_].element(1);
        auto const separator = list_.delimiters().component;
        std::uint32_t* const parts[] = {&note.element, &note.component, &note.repetition};
        std::size_t at = 0;
        for (auto* part : parts) {
            if (at > where.size())
                break;
            auto const end = std::min(where.find(separator, at), where.size());
            *part = number_of<std::uint32_t>(where.substr(at, end - at));
            at = end + 1;
        }
        note.reference = text(2);
        note.code = text(3);
        note.copy = std::string(list_[index_].element(4).substr(0, longest_text));
        note.place = place();
        auto line = fmt::format("{}, element {}: {}", segment_in_error_, text(1), code_words(element_error_words(note.code), note.code));
        if (!text(4).empty())
            line += fmt::format(": \"{}\"", text(4));
        set.errors.push_back(std::move(line));
        if (set.segments.empty())
            set.segments.emplace_back().place = note.place; // AK4 without its AK3: kept all the same
        set.segments.back().elements.push_back(std::move(note));
    }

    void context() {
        auto& segments = out_.sets.back().segments;
        if (segments.empty() || segments.back().contexts.size() == most_contexts)
            return;
        auto words = text(1);
        if (!text(2).empty())
            words += fmt::format(": segment {} ({})", text(3), text(2));
        if (!text(5).empty())
            words += fmt::format(", element {}", text(5));
        segments.back().contexts.push_back(std::move(words));
    }

    void set_verdict() {
        auto& set = out_.sets.back();
        auto const verdict = text(1);
        set.code = verdict.empty() ? 'R' : verdict[0];
        set.judged = true;
        set.codes = codes(2);
        for (auto const& code : set.codes)
            if (code != "5") // the notes above say which segments
                set.errors.push_back(code_words(set_error_words(code), code));
    }

    void group_verdict() {
        auto const verdict = text(1);
        out_.code = verdict.empty() ? 'R' : verdict[0];
        out_.judged = !verdict.empty();
        out_.included = text(2);
        out_.received = text(3);
        out_.accepted = text(4);
        out_.codes = codes(5);
        out_.trailer = place();
        for (auto const& code : out_.codes)
            out_.errors.push_back(code_words(group_error_words(code), code));
    }

    x12::SegmentList const& list_;
    std::size_t index_ = 0;
    GroupAcknowledgment out_;
    std::string segment_in_error_;
};

} // namespace

SetAcknowledgment const* GroupAcknowledgment::find(std::string_view control_number) const {
    SetAcknowledgment const* found = nullptr;
    for (auto const& set : sets) {
        if (!same_number(set.control_number, control_number))
            continue;
        if (!set.accepted())
            return &set;
        if (found == nullptr)
            found = &set;
    }
    return found;
}

char GroupAcknowledgment::code_of(std::string_view control_number) const {
    if (auto const* set = find(control_number))
        return set->code;
    return code == 'P' ? 'A' : code; // P names the sets in error; those it does not name were accepted
}

GroupAcknowledgment read_acknowledgment(x12::SegmentList const& set) { return Reading(set).read(); }

} // namespace wharf::grammar
