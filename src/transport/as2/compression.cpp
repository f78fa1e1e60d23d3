// CompressedData (RFC 3274) over zlib: Debian's OpenSSL is built without it.
#include "transport/as2/cms.hpp"
#include "transport/as2/cms_syntax.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <zlib.h>

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t block_bytes = 64u << 10;

struct EndDeflate {
    void operator()(z_stream* stream) const {
        ::deflateEnd(stream);
        delete stream;
    }
};
struct EndInflate {
    void operator()(z_stream* stream) const {
        ::inflateEnd(stream);
        delete stream;
    }
};

void give(z_stream& stream, std::string_view bytes) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // zlib does not write there
    stream.avail_in = static_cast<uInt>(bytes.size());
}

/// Runs deflate until it wants more, or all of it is out at the end.
Result<void> deflate_block(z_stream& stream, int flush, std::string& buffer, Spool& spool) {
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        auto const state = ::deflate(&stream, flush);
        if (auto added = spool.append(std::string_view(buffer).substr(0, buffer.size() - stream.avail_out)); !added) return added;
        if (state == Z_STREAM_END || (stream.avail_out != 0 && flush != Z_FINISH)) return {};
        if (state != Z_OK && state != Z_BUF_ERROR) return permanent("zlib cannot compress");
    }
}

class Inflater {
public:
    Inflater(std::uint64_t compressed_size, SpoolSettings const& settings)
        : most_(std::max(limits::expansion_free, compressed_size * limits::expansion)), spool_(settings), buffer_(block_bytes, '\0') {
        ok_ = ::inflateInit(stream_.get()) == Z_OK;
    }

    Result<void> take(std::string_view bytes) {
        if (!ok_) return permanent("zlib cannot be started");
        give(*stream_, bytes);
        while (stream_->avail_in > 0 || stream_->avail_out == 0) {
            if (ended_) return permanent("bytes stand behind the end of the compressed data");
            stream_->next_out = reinterpret_cast<Bytef*>(buffer_.data());
            stream_->avail_out = static_cast<uInt>(buffer_.size());
            auto const state = ::inflate(stream_.get(), Z_NO_FLUSH);
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
                return permanent(fmt::format("it is no zlib stream ({})", stream_->msg ? stream_->msg : "damaged"));
            auto const made = buffer_.size() - stream_->avail_out;
            if (auto added = spool_.append(std::string_view(buffer_).substr(0, made)); !added) return added;
            if (spool_.size() > most_)
                return permanent(fmt::format("it becomes more than {} bytes, which is {} times its size", most_, limits::expansion));
            ended_ = state == Z_STREAM_END;
            if (ended_) stream_->avail_out = 1; // nothing more will come
            if (state == Z_BUF_ERROR) break;
        }
        return {};
    }
    Result<Content> finish() {
        if (!ended_) return permanent("the compressed data was cut short");
        return spool_.finish();
    }

private:
    std::unique_ptr<z_stream, EndInflate> stream_{new z_stream{}};
    std::uint64_t most_;
    Spool spool_;
    std::string buffer_;
    bool ok_ = false, ended_ = false;
};

/// CompressedData ::= SEQUENCE { version, compressionAlgorithm, encapContentInfo { data, [0] EXPLICIT OCTET STRING } }
Result<void> enter_compressed(BerCursor& cursor) {
    auto const type = enter_content_info(cursor);
    if (!type) return unexpected(type.error());
    if (*type != oid::compressed_data) return permanent(fmt::format("its type is {}, not CompressedData", *type));
    if (auto done = cursor.enter(tag::sequence, "CompressedData"); !done) return done;
    if (auto version = cursor.skip(tag::integer, "the version of CompressedData"); !version) return unexpected(version.error());
    if (auto done = cursor.enter(tag::sequence, "the algorithm of CompressedData"); !done) return done;
    auto const algorithm = cursor.take_value(tag::oid, "the algorithm of CompressedData", 64);
    if (!algorithm) return unexpected(algorithm.error());
    if (oid_text(*algorithm) != oid::zlib) return permanent(fmt::format("compressed by {}; zlib is the only one there is", oid_text(*algorithm)));
    if (auto done = cursor.leave(); !done) return done;
    if (auto done = cursor.enter(tag::sequence, "what CompressedData holds"); !done) return done;
    if (auto inner = cursor.skip(tag::oid, "the type of what is compressed"); !inner) return unexpected(inner.error());
    return cursor.enter(tag::context_constructed(0), "what is compressed");
}

} // namespace

Result<Content> compress(Content const& plain, SpoolSettings const& settings) {
    std::unique_ptr<z_stream, EndDeflate> stream(new z_stream{});
    if (::deflateInit(stream.get(), Z_DEFAULT_COMPRESSION) != Z_OK) return permanent("zlib cannot be started");
    Spool spool(settings);
    std::string buffer(block_bytes, '\0');
    auto const done = plain.each_block([&](std::string_view block) {
        give(*stream, block);
        return deflate_block(*stream, Z_NO_FLUSH, buffer, spool);
    });
    if (!done) return unexpected(done.error());
    give(*stream, {});
    if (auto last = deflate_block(*stream, Z_FINISH, buffer, spool); !last) return unexpected(last.error());
    auto const packed = spool.finish();
    if (!packed) return unexpected(packed.error());

    auto const octets = der_header(tag::octet_string, packed->size());
    auto const inner = der_header(tag::context_constructed(0), octets.size() + packed->size());
    auto const inner_type = der_oid(oid::data);
    auto const holds = der_header(tag::sequence, inner_type.size() + inner.size() + octets.size() + packed->size());
    auto const front = der_integer(0) + der(tag::sequence, der_oid(oid::zlib)) + holds + inner_type + inner + octets;
    auto const sequence = der_header(tag::sequence, front.size() + packed->size());
    Content message(content_info_head(oid::compressed_data, sequence.size() + front.size() + packed->size()) + sequence + front);
    return message.append(*packed);
}

Outcome<Content> decompress(Content const& message, SpoolSettings const& settings) {
    auto const failed = [](Error error) {
        error.message = "the compressed data cannot be used: " + error.message;
        return fault(FaultKind::decompression_failed, std::move(error));
    };
    BerCursor cursor(message);
    if (auto done = enter_compressed(cursor); !done) return failed(done.error());
    Inflater inflater(message.size(), settings);
    auto const done = cursor.each_octets(tag::octet_string, "what is compressed", [&](std::string_view bytes) { return inflater.take(bytes); });
    if (!done) return failed(done.error());
    auto plain = inflater.finish();
    if (!plain) return failed(plain.error());
    return std::move(*plain);
}

} // namespace wharf::transport::as2
