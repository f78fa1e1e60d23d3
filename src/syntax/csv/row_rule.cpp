#include "syntax/csv/row_rule.hpp"

#include "base/limits.hpp"

#include <boost/spirit/home/x3/core.hpp>
#include <boost/spirit/home/x3/directive/with.hpp>
#include <boost/spirit/home/x3/operator.hpp>

#include <functional>

// The input of these parsers is not text but the index of the window: an iterator points at the position of the next
// delimiter, quote or line end, so that a plain field is one step whatever its length.

namespace wharf::csv {
namespace {

namespace x3 = boost::spirit::x3;

struct scan_tag;

template <class Context> RowScan& scan_of(Context const& context) { return x3::get<scan_tag>(context).get(); }

bool stop(RowScan& scan, RowFault fault, std::uint32_t at) {
    scan.stop = RowScan::Stop::fault;
    scan.fault = fault;
    scan.fault_at = at;
    return false;
}
bool more(RowScan& scan) {
    scan.stop = RowScan::Stop::more;
    return false;
}

bool add(RowScan& scan, std::uint32_t begin, std::uint32_t end, bool quoted, bool escaped) {
    if (end - begin > limits::csv_field_bytes) [[unlikely]]
        return stop(scan, RowFault::field_too_long, begin);
    if (scan.fields->size() >= limits::csv_fields) [[unlikely]]
        return stop(scan, RowFault::too_many_fields, begin);
    scan.fields->push_back({begin, end - begin, quoted, escaped});
    return true;
}

bool blank(RowScan const& scan, std::uint32_t at) {
    return scan.text[at] == ' ' && scan.dialect->delimiter != ' ';
}

template <class Self> struct Terminal : x3::parser<Self> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const&, Attribute&) const {
        return Self::take(first, last, scan_of(context));
    }
};

using Position = std::uint32_t const*;

/// Everything up to the next delimiter or line end; a quote inside is a character like others.
struct PlainField : Terminal<PlainField> {
    static bool take(Position& first, Position last, RowScan& scan) {
        if (scan.stop == RowScan::Stop::fault) return false;
        auto const quote = scan.dialect->quote;
        while (first != last && quote != '\0' && *first < scan.size && scan.text[*first] == quote)
            ++first;
        if (first == last) return more(scan);
        if (!add(scan, scan.at, *first, false, false)) return false;
        scan.at = *first;
        return true;
    }
};

/// A field in quotes, with blanks around them.
struct QuotedField : Terminal<QuotedField> {
    static bool take(Position& first, Position last, RowScan& scan) {
        auto const quote = scan.dialect->quote;
        if (quote == '\0' || first == last) return false;
        auto at = scan.at;
        if (*first != at) { // the usual case: no special byte here
            while (at < *first && blank(scan, at))
                ++at;
        }
        if (at != *first || at >= scan.size || scan.text[at] != quote) return false;
        auto const opened = at;
        bool escaped = false;
        for (++first;; ++first) {
            if (first == last) return more(scan);
            auto const here = *first;
            if (here == scan.size) return stop(scan, RowFault::unclosed_quote, opened);
            auto const c = scan.text[here];
            if (c == '\n' && ++scan.lines > limits::csv_field_lines)
                return stop(scan, RowFault::unclosed_quote, opened);
            if (c == '\r' && here + 1 < scan.size && scan.text[here + 1] != '\n') ++scan.lines;
            if (c != quote) continue;
            if (scan.dialect->backslash) {
                auto slashes = here;
                while (slashes > opened + 1 && scan.text[slashes - 1] == '\\')
                    --slashes;
                if ((here - slashes) % 2 == 1) continue;
                break;
            }
            if (here + 1 == scan.size && !scan.complete) return more(scan);
            if (here + 1 == scan.size || scan.text[here + 1] != quote) break;
            escaped = true;
            ++first; // the second of two
        }
        auto const closed = *first;
        if (scan.dialect->backslash)
            for (auto i = opened + 1; i < closed && !escaped; ++i)
                escaped = scan.text[i] == '\\';
        ++first;
        auto behind = closed + 1;
        while (behind < scan.size && blank(scan, behind))
            ++behind;
        if (first == last || (behind == scan.size && !scan.complete)) return more(scan);
        if (*first != behind || (behind < scan.size && scan.text[behind] == quote))
            return stop(scan, RowFault::text_behind_quote, closed);
        if (!add(scan, opened + 1, closed, true, escaped)) return false;
        scan.at = behind;
        return true;
    }
};

struct Separator : Terminal<Separator> {
    static bool take(Position& first, Position last, RowScan& scan) {
        if (first == last || *first >= scan.size || scan.text[*first] != scan.dialect->delimiter) return false;
        scan.at = *first++ + 1;
        return true;
    }
};

/// CR LF, LF, CR, or the end of the file.
struct LineEnd : Terminal<LineEnd> {
    static bool take(Position& first, Position last, RowScan& scan) {
        if (scan.stop != RowScan::Stop::row) return false;
        if (first == last) return more(scan);
        auto const at = *first;
        if (at == scan.size) {
            scan.behind = at;
            return true;
        }
        if (scan.text[at] == '\r') {
            if (at + 1 == scan.size && !scan.complete) return more(scan);
            ++first;
            scan.behind = at + 1;
            if (at + 1 < scan.size && scan.text[at + 1] == '\n') {
                ++first;
                scan.behind = at + 2;
            }
            return true;
        }
        ++first;
        scan.behind = at + 1;
        return true;
    }
};

constexpr QuotedField quoted{};
constexpr PlainField plain{};
constexpr Separator separator{};
constexpr LineEnd line_end{};

auto const row = (quoted | plain) >> *(separator >> (quoted | plain)) >> line_end;

} // namespace

void parse_row(std::uint32_t const*& position, std::uint32_t const* last, RowScan& scan) {
    scan.stop = RowScan::Stop::row;
    scan.fault = RowFault::none;
    scan.lines = 0;
    scan.fields->clear();
    if (!x3::parse(position, last, x3::with<scan_tag>(std::ref(scan))[row]) && scan.stop == RowScan::Stop::row)
        scan.stop = RowScan::Stop::more;
}

} // namespace wharf::csv
