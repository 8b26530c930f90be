// SPDX-License-Identifier: GPL-3.0-or-later
// The processor's own way of reading numbers must give what the portable one and the C library give, bit by bit.
#include "core/data/field_index.h"
#include "core/data/number_kernel.h"
#include "core/data/number_text.h"

#include <QtTest>

#include <bit>
#include <cstdlib>
#include <random>
#include <string>

using namespace pilothouse::data;

namespace {

/// One column of texts, as a block would hold it.
struct OneColumn {
    explicit OneColumn(const std::vector<std::string> &texts) : padded(64, 'x') {
        for (const std::string &text : texts)
            padded += text + "\n";
        const std::size_t length = padded.size() - 64;
        padded.append(64, 'x');
        index.build(std::string_view(padded).substr(64, length), ',', {});
        for (std::uint32_t i = 0; i < texts.size(); ++i)
            records.push_back({i, i});
        fields = {padded.data() + 64, index.begin(), 0, false};
    }
    std::string padded;
    FieldIndex index;
    std::vector<RecordPlace> records;
    FieldColumn fields;
};

std::string randomText(std::mt19937_64 &random) {
    static const std::vector<std::string> odd = {"", "-", ".", "-.", "1.", ".5", "-.5", "1..2", "1-2", "--1", "+1", "1e5", "nan", "1 ", " 1", "x", "12345678901234567", "9007199254740993", "9999999999999999",
                                                 "0000000000000001", "1.234567890123456", "0.00000000000001", "-0", "-0.0", "1/2", "1:2", "\xff\xff"};
    if (random() % 8 == 0)
        return odd[random() % odd.size()];
    std::string text = random() % 2 ? "-" : "";
    const int whole = int(random() % 10), fraction = int(random() % 10);
    for (int i = 0; i < whole; ++i)
        text += char('0' + random() % 10);
    if (fraction)
        text += '.';
    for (int i = 0; i < fraction; ++i)
        text += char('0' + random() % 10);
    return text;
}

} // namespace

class TestNumberKernel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyWayGivesTheLibrarysBits() {
        std::mt19937_64 random(3);
        std::vector<std::string> texts;
        for (int i = 0; i < 100'001; ++i)
            texts.push_back(randomText(random));
        const OneColumn column(texts);
        for (const NumberKernel kernel : numberKernels()) {
            std::vector<double> out(texts.size());
            std::vector<std::uint32_t> rest;
            kernel(column.fields, column.records, '.', out.data(), rest);
            std::vector<bool> left(texts.size());
            for (const std::uint32_t row : rest)
                left[row] = true;
            QVERIFY(rest.size() > 5'000 && rest.size() < 60'000);
            for (std::size_t i = 0; i < texts.size(); ++i) {
                if (left[i])
                    continue;
                // What is not left over must be a number in full.
                const auto expected = parseNumber(texts[i]);
                if (!expected || std::bit_cast<std::uint64_t>(*expected) != std::bit_cast<std::uint64_t>(out[i]))
                    QFAIL(qPrintable(QStringLiteral("“%1” read as %2").arg(QString::fromStdString(texts[i])).arg(out[i], 0, 'g', 17)));
            }
        }
    }

    void theUsualFormsAreNotLeftOver() {
        const std::vector<std::string> texts = {"0", "7", "-3", "12.5", "-0.25", "123456.7890", "1234567.1234567", "123456789012345", "0.000001", "452600.0"};
        const OneColumn column(texts);
        for (const NumberKernel kernel : numberKernels()) {
            std::vector<double> out(texts.size());
            std::vector<std::uint32_t> rest;
            kernel(column.fields, column.records, '.', out.data(), rest);
            QVERIFY2(rest.empty(), rest.empty() ? "" : texts[rest.front()].c_str());
            for (std::size_t i = 0; i < texts.size(); ++i)
                QCOMPARE(out[i], std::strtod(texts[i].c_str(), nullptr));
        }
    }

    void aDecimalCommaIsReadAlike() {
        std::string padded(64, 'x');
        padded += "1,5;-2,25\r\n3;4,0\n";
        const std::size_t length = padded.size() - 64;
        padded.append(64, 'x');
        FieldIndex index;
        index.build(std::string_view(padded).substr(64, length), ';', {});
        const std::vector<RecordPlace> records{{0, 0}, {2, 1}};
        for (std::size_t column = 0; column < 2; ++column) {
            double out[2] = {};
            std::vector<std::uint32_t> rest;
            readPlainNumbers({padded.data() + 64, index.begin(), column, column == 1}, records, ',', out, rest);
            QVERIFY(rest.empty());
            QCOMPARE(out[0], column ? -2.25 : 1.5);
            QCOMPARE(out[1], column ? 4.0 : 3.0);
        }
    }
};

QTEST_GUILESS_MAIN(TestNumberKernel)
#include "tst_number_kernel.moc"
