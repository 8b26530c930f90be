// SPDX-License-Identifier: GPL-3.0-or-later
// Every way this processor knows to find where fields end must find what a walk byte by byte finds.
#include "core/data/field_index.h"

#include <QtTest>

#include <random>
#include <string>

using namespace pilothouse::data;

namespace {

struct Found {
    std::vector<std::uint32_t> ends, records;
    bool quotedLines = false;
    bool operator==(const Found &) const = default;
};

/// The rule of FieldIndex::build, one byte after the other: a quote opens at a field's beginning only, a doubled one is text.
Found byteByByte(const std::string &text, char delimiter) {
    Found found;
    bool inside = false, fieldStart = true;
    for (std::uint32_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (inside) {
            if (byte == '"' && at + 1 < text.size() && text[at + 1] == '"')
                ++at;
            else if (byte == '"')
                inside = false;
            else
                found.quotedLines = found.quotedLines || byte == '\n';
            continue;
        }
        if (byte == '"' && fieldStart) {
            inside = true;
            fieldStart = false;
            continue;
        }
        fieldStart = byte == delimiter || byte == '\n';
        if (fieldStart)
            found.ends.push_back(at);
        if (byte == '\n')
            found.records.push_back(std::uint32_t(found.ends.size()) - 1);
    }
    return found;
}

Found walked(const std::string &text, char delimiter, FieldIndex::Walk walk) {
    const std::string padded = text + std::string(64, delimiter); // what lies behind the text must not count
    FieldIndex index;
    index.build(std::string_view(padded).substr(0, text.size()), delimiter, {}, walk);
    const auto records = index.recordEnds();
    Found found;
    found.records.assign(records.begin(), records.end());
    if (!records.empty())
        found.ends.assign(index.begin(), index.begin() + records.back() + 1);
    found.quotedLines = index.lineFeedsInQuotes();
    return found;
}

} // namespace

class TestFieldIndex : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyWayFindsTheSame_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("numbers") << QByteArray("0123456789.-,\n");
        QTest::newRow("quotes") << QByteArray("\"\"\",,\nab");
        QTest::newRow("few quotes") << QByteArray("\"abcdefghijklmnopqrstuvwxyz,,,,,,,,\n\n");
        QTest::newRow("nothing but ends") << QByteArray(",,,\n");
        QTest::newRow("few ends") << QByteArray("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz,\n");
        QTest::newRow("high bytes") << QByteArray("\xac\x8a\xa2\xff\x80,\n\"");
    }
    void everyWayFindsTheSame() {
        QFETCH(const QByteArray, bytes);
        std::mt19937_64 random(7);
        for (int round = 0; round < 3000; ++round) {
            std::string text;
            for (std::size_t left = random() % 400; left > 0; --left)
                text += bytes[qsizetype(random() % std::uint64_t(bytes.size()))];
            if (text.find('"') != text.npos)
                text += "\"\n"; // whatever was open: the last record may end
            text += '\n';
            Found expected = byteByByte(text, ',');
            expected.ends.resize(expected.records.empty() ? 0 : expected.records.back() + 1); // behind the last record there is nothing to read
            for (const FieldIndex::Walk walk : FieldIndex::walks())
                QVERIFY2(walked(text, ',', walk) == expected, text.c_str());
        }
    }

    void theFastestWayIsTheOneThatIsUsed() {
        const std::string text = "a,\"b,c\"\n1,2\n" + std::string(64, ',');
        FieldIndex index;
        index.build(std::string_view(text).substr(0, 12), ',', {});
        const Found found = walked(text.substr(0, 12), ',', FieldIndex::walks().front());
        QVERIFY(std::ranges::equal(index.recordEnds(), found.records));
        QCOMPARE(found.ends, (std::vector<std::uint32_t>{1, 7, 9, 11}));
        QCOMPARE(found.records, (std::vector<std::uint32_t>{1, 3}));
    }
};

QTEST_GUILESS_MAIN(TestFieldIndex)
#include "tst_field_index.moc"
