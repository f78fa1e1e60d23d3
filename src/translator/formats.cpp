// The formats there are, one line each. X12 is not among them: it has an engine of its own.
#include "translator/format.hpp"

namespace wharf::translator {

Format const& csv_format();
Format const& fixed_format();
Format const& json_format();
Format const& xml_format();

Format const* find_format(std::string_view name) {
    for (auto const* const format : {&csv_format(), &fixed_format(), &json_format(), &xml_format()})
        if (format->name() == name) return format;
    return nullptr;
}

std::vector<std::string_view> format_names() {
    return {"x12", csv_format().name(), fixed_format().name(), json_format().name(), xml_format().name()};
}

} // namespace wharf::translator
