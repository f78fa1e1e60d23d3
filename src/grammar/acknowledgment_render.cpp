// The faces of a report: lines for people, JSON for programs.
#include "grammar/acknowledgment_report.hpp"

#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "diagnostic/printable.hpp"
#include "diagnostic/render.hpp"

#include <fmt/format.h>

namespace wharf::grammar {
namespace {

std::string sets_in_words(std::string const& count) { return fmt::format("{} set{}", count, count == "1" ? "" : "s"); }

void add_group(std::string& out, AnsweredGroup const& group, std::size_t& lines) {
    auto const& said = group.said;
    out += fmt::format("{} {}: group {} {} ", group.set_id, group.control_number, said.functional_id, said.group_control_number);
    out += said.judged ? std::string(verdict_words(said.code)) : fmt::format("is not judged: {}", said.trailer.bytes.empty() ? "AK9 is missing" : "AK901 is empty");
    if (said.judged && !said.received.empty())
        out += fmt::format(" ({} received, {} accepted)", sets_in_words(said.received), said.accepted.empty() ? "none" : said.accepted);
    if (said.judged && said.sets.empty() && (said.code == 'A' || said.code == 'E'))
        out += "; no set is named, so all were accepted";
    out += '\n';
    for (auto const& set : said.sets) {
        if (++lines > limits::findings)
            continue;
        out += fmt::format("  {} {} {}\n", set.set_id, set.control_number, verdict_words(set.code));
    }
}

class Json {
public:
    void begin(char bracket) {
        comma();
        out_ += bracket;
        first_ = true;
    }
    void end(char bracket) {
        out_ += bracket;
        first_ = false;
    }
    void name(std::string_view text) {
        comma();
        append_json_string(out_, text);
        out_ += ':';
        first_ = true;
    }
    void text(std::string_view key, std::string_view value) {
        if (value.empty())
            return;
        name(key);
        append_json_string(out_, value);
        first_ = false;
    }
    void number(std::string_view key, std::uint64_t value) {
        if (value == 0)
            return;
        raw(key, std::to_string(value));
    }
    void raw(std::string_view key, std::string_view value) {
        name(key);
        out_ += value;
        first_ = false;
    }
    void texts(std::string_view key, std::vector<std::string> const& values) {
        if (values.empty())
            return;
        name(key);
        begin('[');
        for (auto const& value : values) {
            comma();
            append_json_string(out_, value);
        }
        end(']');
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void comma() {
        if (!first_)
            out_ += ',';
        first_ = false;
    }
    std::string out_;
    bool first_ = true;
};

void add_note(Json& json, SegmentNote const& note) {
    json.begin('{');
    json.text("segment", note.id);
    json.number("position", note.position);
    json.text("loop", note.loop);
    json.text("code", note.code);
    json.text("words", segment_error_words(note.code));
    json.texts("contexts", note.contexts);
    if (!note.elements.empty()) {
        json.name("elements");
        json.begin('[');
        for (auto const& element : note.elements) {
            json.begin('{');
            json.number("element", element.element);
            json.number("component", element.component);
            json.number("repetition", element.repetition);
            json.text("reference", element.reference);
            json.text("code", element.code);
            json.text("words", element_error_words(element.code));
            json.text("value", element.copy);
            json.end('}');
        }
        json.end(']');
    }
    json.end('}');
}

void add_json(Json& json, AnsweredGroup const& group, bool with_original) {
    auto const& said = group.said;
    json.begin('{');
    json.text("acknowledgment", group.set_id);
    json.text("interchange", group.interchange);
    json.text("functional_id", said.functional_id);
    json.text("group", said.group_control_number);
    json.text("release", group.release);
    if (said.judged)
        json.text("code", std::string_view(&said.code, 1));
    json.text("verdict", said.judged ? verdict_words(said.code) : "not judged");
    json.text("included", said.included);
    json.text("received", said.received);
    json.text("accepted", said.accepted);
    json.texts("error_codes", said.codes);
    if (with_original)
        json.raw("matched", group.matched ? "true" : "false");
    json.name("sets");
    json.begin('[');
    for (auto const& set : said.sets) {
        json.begin('{');
        json.text("set", set.set_id);
        json.text("control_number", set.control_number);
        if (set.code != no_verdict)
            json.text("code", std::string_view(&set.code, 1));
        json.text("verdict", verdict_words(set.code));
        json.texts("error_codes", set.codes);
        if (!set.segments.empty()) {
            json.name("notes");
            json.begin('[');
            for (auto const& note : set.segments)
                add_note(json, note);
            json.end(']');
        }
        json.end('}');
    }
    json.end(']');
    json.end('}');
}

} // namespace

std::string verdict_lines(AcknowledgmentReport const& report) {
    std::string out;
    std::size_t lines = 0;
    for (auto const& answered : report.interchanges) {
        if (++lines > limits::findings)
            continue;
        out += fmt::format("TA1: interchange {} of {} {} {}\n", answered.control_number, answered.date, answered.time, verdict_words(answered.code));
    }
    for (auto const& group : report.groups) {
        if (++lines <= limits::findings)
            add_group(out, group, lines);
        else
            lines += group.said.sets.size();
    }
    if (lines > limits::findings)
        out += fmt::format("… and {} more, not shown\n", lines - limits::findings);
    if (report.own_errors != 0)
        out += fmt::format("The acknowledgment itself has {} error{}: wharf lint shows {}.\n", report.own_errors, report.own_errors == 1 ? "" : "s",
                           report.own_errors == 1 ? "it" : "them");
    return printable(out, true);
}

std::string report_json(AcknowledgmentReport const& report) {
    Json json;
    json.begin('{');
    json.name("groups");
    json.begin('[');
    for (auto const& group : report.groups)
        add_json(json, group, report.with_original);
    json.end(']');
    json.name("interchanges");
    json.begin('[');
    for (auto const& answered : report.interchanges) {
        json.begin('{');
        json.text("control_number", answered.control_number);
        json.text("date", answered.date);
        json.text("time", answered.time);
        json.text("code", std::string_view(&answered.code, 1));
        json.text("verdict", verdict_words(answered.code));
        json.text("note", answered.note);
        json.text("words", interchange_note_words(answered.note));
        if (report.with_original)
            json.raw("matched", answered.matched ? "true" : "false");
        json.end('}');
    }
    json.end(']');
    auto findings = render_json(report.findings);
    findings.pop_back(); // its line end
    json.raw("findings", findings);
    json.end('}');
    return json.take() + "\n";
}

} // namespace wharf::grammar
