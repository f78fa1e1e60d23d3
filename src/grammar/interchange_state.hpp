// What an InterchangeReader knows while it reads: where it stands, what is open, which numbers it has seen. Internal to grammar/:
// interchange.cpp makes the items, interchange_envelope.cpp judges the segments around sets.
#pragma once

#include "grammar/envelope_check.hpp"
#include "grammar/interchange.hpp"
#include "grammar/seen_numbers.hpp"
#include "grammar/set_check.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wharf::grammar {

struct InterchangeReader::State {
    State(x12::Reader&& parts, std::string name, SchemaCache& cache, InterchangeReaderOptions chosen)
        : file(std::move(name)), reader(std::move(parts)), schemas(cache), options(std::move(chosen)), sets_check(schemas, options) {}

    std::string file;
    x12::Reader reader;
    SchemaCache& schemas;
    InterchangeReaderOptions options;
    SetCheck sets_check;

    Item item;
    bool part_waits = false; // the reader's part is not consumed yet: absent segments go first
    bool at_end = false;
    bool in_interchange = false;
    bool in_group = false;
    InterchangeInfo interchange;
    GroupInfo group;
    std::uint32_t groups = 0;
    std::uint32_t sets = 0;
    std::uint32_t without_st = 0; // of the group: what ends with SE and has no ST
    std::uint32_t strays = 0;
    std::string_view last_service; // ISB, ISE or TA1, while nothing else came behind ISA
    bool service_has_place = false;
    SeenNumbers interchange_numbers{limits::remembered_numbers}, group_numbers{limits::remembered_numbers}, set_numbers{limits::remembered_numbers};
    bool said_full = false;
    std::unordered_map<std::string, std::uint32_t> pairs; // of partners
    std::vector<EnvelopeRules> rules;                     // by release: as many as there are releases
    std::string known_release_of; // GS08 that `match` belongs to
    ReleaseMatch match;
    std::optional<std::string> reported_release; // the last GS08 that was said to be unknown

    bool advance();
    bool close_what_is_open(bool whole_interchange);
    void consume();
    void forget_what_follows_from_separators();
    void begin(ItemKind kind, bool present);
    Diagnostic* add(Diagnostic finding);
    /// What holds here.
    [[nodiscard]] SeverityPolicy const& severities() const {
        if (in_group && !options.group_severities.empty())
            if (auto const found = options.group_severities.find(group.functional_id); found != options.group_severities.end())
                return found->second;
        return options.severities;
    }
    bool is_one_too_many();
    Diagnostic at(std::string_view code, std::size_t index, std::uint32_t element, std::string message, std::string help) {
        return envelope_finding(code, file, reader.part(), index, element, in_interchange ? &interchange : nullptr,
                                in_group ? &group : nullptr, std::move(message), std::move(help));
    }
    Diagnostic at_offset(std::string_view code, std::uint64_t offset, std::string message, std::string help);
    EnvelopeReport report() { return {file, reader.part(), in_interchange ? &interchange : nullptr, in_group ? &group : nullptr, item.findings}; }
    [[nodiscard]] std::uint64_t begin_of(std::uint32_t element) const {
        auto const& segments = reader.part().segments;
        auto const segment = segments[0];
        return segments.file_offset(element > segment.element_count() ? segment.end() : segment.element_begin(element));
    }

    void start_interchange();
    void start_group(bool present);
    void end_group();
    void end_interchange();
    void transaction_set();
    void service();
    void stray();
    struct Numbered { // for the words about a number that stands twice
        std::string_view what, where, help;
        std::string_view code;
        std::string AcknowledgmentCodes::* level;
        std::string_view acknowledged;
    };
    void check_duplicate(SeenNumbers& seen, std::uint32_t scope, std::string_view number, std::uint32_t element, Numbered const& words);
    EnvelopeRules const& rules_of(std::string_view release);
    void resolve_release();
    void check_release();
    [[nodiscard]] bool a_guide_answers() const;
};

} // namespace wharf::grammar
