// How each type of member is read from text, shown as text and described. Included by field.hpp.
#pragma once

#include "partner/field.hpp"

namespace wharf::partner {

/// One value: `parse` gives what is wrong (empty: nothing).
template <class M>
struct Conversion;

#define WHARF_CONVERSION(TYPE)                                                                                         \
    template <>                                                                                                        \
    struct Conversion<TYPE> {                                                                                          \
        static std::string parse(std::string_view text, TYPE& out, Reader& reader);                                    \
        static std::string show(TYPE const& value);                                                                    \
        static std::string type();                                                                                     \
        static std::string json_type();                                                                                \
    }
WHARF_CONVERSION(std::string);
WHARF_CONVERSION(bool);
WHARF_CONVERSION(char);          // a delimiter
WHARF_CONVERSION(std::uint16_t); // a port
WHARF_CONVERSION(unsigned);      // a count
WHARF_CONVERSION(PortOrNone);
WHARF_CONVERSION(CountOrNone);
WHARF_CONVERSION(ControlNumber);
WHARF_CONVERSION(std::uint64_t); // a size in bytes
WHARF_CONVERSION(std::chrono::seconds);
WHARF_CONVERSION(std::chrono::milliseconds);
WHARF_CONVERSION(std::filesystem::path);
WHARF_CONVERSION(Secret);
#undef WHARF_CONVERSION

/// The words of an enumeration, in the order of its enumerators. Specialised in declarations.cpp.
template <class E>
struct EnumWords;

template <class E>
requires std::is_enum_v<E>
struct Conversion<E> {
    static std::string parse(std::string_view text, E& out, Reader&) {
        for (std::size_t i = 0; i < EnumWords<E>::words.size(); ++i)
            if (EnumWords<E>::words[i] == text) {
                out = static_cast<E>(i);
                return {};
            }
        return "it must be one of the words of the list";
    }
    static std::string show(E const& value) {
        return std::string(EnumWords<E>::words[static_cast<std::size_t>(value)]);
    }
    static std::string type() { return "word"; }
    static std::string json_type() { return {}; }
};

/// Lists of texts and of paths.
template <class M>
struct ListItem {
    using type = void;
};
template <>
struct ListItem<std::vector<std::string>> {
    using type = std::string;
};
template <>
struct ListItem<std::vector<std::filesystem::path>> {
    using type = std::filesystem::path;
};

template <class T, class M>
Field& Declaration::add(std::string name, M T::*member, std::string meaning) {
    Field field;
    field.name = std::move(name);
    field.meaning = std::move(meaning);
    if constexpr (using Item = typename ListItem<M>::type; !std::is_void_v<Item>) {
        field.shape = Field::Shape::list;
        field.type = "list of " + Conversion<Item>::type() + "s";
        field.json_type = Conversion<Item>::json_type();
        field.set = [member](void* object, std::string_view text, Reader&) {
            (static_cast<T*>(object)->*member).emplace_back(text);
            return std::string{};
        };
        field.clear = [member](void* object) { (static_cast<T*>(object)->*member).clear(); };
        field.show = [member](void const* object) {
            std::vector<std::string> texts;
            for (auto const& item : static_cast<T const*>(object)->*member)
                texts.push_back(Conversion<Item>::show(item));
            return texts;
        };
    } else {
        field.type = Conversion<M>::type();
        field.json_type = Conversion<M>::json_type();
        field.is_secret = std::is_same_v<M, Secret>;
        if constexpr (std::is_enum_v<M>)
            for (auto const word : EnumWords<M>::words)
                field.words.emplace_back(word);
        field.set = [member](void* object, std::string_view text, Reader& reader) {
            return Conversion<M>::parse(text, static_cast<T*>(object)->*member, reader);
        };
        field.show = [member](void const* object) {
            return std::vector<std::string>{Conversion<M>::show(static_cast<T const*>(object)->*member)};
        };
    }
    return push(std::move(field));
}

template <class T, class M>
Field& Declaration::object(std::string name, M T::*member, Declaration const& nested, std::string meaning) {
    Field field;
    field.name = std::move(name);
    field.meaning = std::move(meaning);
    field.shape = Field::Shape::object;
    field.type = "mapping";
    field.nested = &nested;
    field.member = [member](void* object) -> void* { return &(static_cast<T*>(object)->*member); };
    return push(std::move(field));
}

template <class T, class M>
Field& Declaration::objects(std::string name, std::vector<M> T::*member, Declaration const& nested,
                            std::string meaning) {
    Field field;
    field.name = std::move(name);
    field.meaning = std::move(meaning);
    field.shape = Field::Shape::object_list;
    field.type = "list of mappings";
    field.nested = &nested;
    field.clear = [member](void* object) { (static_cast<T*>(object)->*member).clear(); };
    field.append = [member](void* object) -> void* { return &(static_cast<T*>(object)->*member).emplace_back(); };
    field.items = [member](void const* object) {
        std::vector<void const*> items;
        for (auto const& item : static_cast<T const*>(object)->*member)
            items.push_back(&item);
        return items;
    };
    field.untouched = [] { return std::static_pointer_cast<void const>(std::make_shared<M>()); };
    return push(std::move(field));
}

} // namespace wharf::partner
