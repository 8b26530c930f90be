// SPDX-License-Identifier: GPL-3.0-or-later
// What must not depend on how a file is cut into pieces, and what happens when somebody else writes to it.
#include "dump.h"

#include "core/data/number_text.h"

#include <cmath>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <sys/stat.h>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

/// A random file full of what is hard at the edge of a piece: quotes, doubled quotes, line ends in quotes, CR LF, ragged
/// rows, stray quotes, bad bytes, missing values.
QByteArray randomCsv(std::mt19937_64 &random, int rows) {
    const auto pick = [&](int n) { return int(random() % std::uint64_t(n)); };
    static const QByteArray texts[] = {"x", "", "NA", "a \"b\" c", "\"q\"", "\"a,b\"", "\"line\nbreak\"", "\"\"\"\"", "\"x\"\"\r\ny\"", "caf\xe9", "\"\"", "long text that goes on and on", "5\" pipe"};
    QByteArray out = "n,t,d,m\n";
    for (int row = 0; row < rows; ++row) {
        out += pick(12) ? QByteArray::number(double(qint64(random() >> 12)) / double(qint64(1) << pick(40)), 'g', 1 + pick(17)) : QByteArray(pick(2) ? "" : "bad");
        out += ',' + texts[pick(int(std::size(texts)))] + ',';
        out += "2013-0" + QByteArray::number(1 + pick(9)) + "-1" + QByteArray::number(pick(10)) + (pick(2) ? "T06:00:00Z" : "");
        out += ',' + (pick(3) ? QByteArray::number(pick(1000)) : texts[pick(int(std::size(texts)))]);
        if (pick(40) == 0)
            out += ",too many";
        out += pick(5) ? "\n" : "\r\n";
        if (pick(30) == 0)
            out += "\n";
    }
    return out;
}

QString everything(const Result<LoadedTable> &loaded) {
    if (!loaded)
        return loaded.error().text();
    QString all = dumpTable(loaded->table) + dumpProblems(loaded->report);
    for (const Problem &p : loaded->report.problems)
        all += p.what;
    for (auto it = loaded->report.counts.begin(); it != loaded->report.counts.end(); ++it)
        all += QStringLiteral(" %1=%2").arg(it.key()).arg(it.value());
    for (const Column &column : loaded->table.columns)
        for (const std::string &text : column.dictionary)
            all += QLatin1Char('|') + QString::fromStdString(text);
    return all + loaded->fingerprint.sha256 + loaded->fingerprint.md5 + QString::number(loaded->report.blankLines);
}

} // namespace

class TestCsvChunks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void piecesGiveTheSameAsTheWhole() {
        std::mt19937_64 random(7);
        for (int file = 0; file < 60; ++file) {
            const QByteArray bytes = randomCsv(random, 1 + int(random() % 300));
            const TemporaryFile csv(bytes);
            CsvOptions whole;
            whole.threads = 1;
            const QString expected = everything(readCsv(csv.path, whole));
            for (const std::size_t batch : {std::size_t(64), std::size_t(257), std::size_t(1000), std::size_t(bytes.size()), std::size_t(bytes.size() / 2 + 1)}) {
                CsvOptions pieces;
                pieces.batchBytes = std::max<std::size_t>(16, batch);
                pieces.threads = 3;
                const QString found = everything(readCsv(csv.path, pieces));
                if (found != expected)
                    QFAIL(qPrintable(QStringLiteral("file %1, batches of %2 bytes:\n%3\nexpected\n%4").arg(file).arg(batch).arg(found.left(3000), expected.left(3000))));
            }
        }
    }

    void numbersAreExactlyRounded_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char *text : {"0", "-0", "5.", ".5", "-.25", "123456789012345", "1234567890123456", "0.1", "10.357019999999999", "9007199254740993", "1e22", "1e23", "1.7976931348623157e308",
                                 "4.9406564584124654e-324", "2.2250738585072011e-308", "0.000001", "12345678.12345678", "12345678.1234567", "1234567.12345678", "00000001.5", "99999999", "100000000",
                                 "8.7", "79.6", "+3.25", "1E5", "1e-7", "0.30000000000000004"})
            QTest::newRow(text) << QByteArray(text);
    }
    void numbersAreExactlyRounded() {
        QFETCH(QByteArray, text);
        const TemporaryFile csv("a,b\n" + text + ",1\n2," + text + "\n");
        const auto loaded = readCsv(csv.path);
        QVERIFY(loaded);
        const double expected = std::strtod(text.constData(), nullptr);
        QCOMPARE(std::bit_cast<std::uint64_t>(loaded->table.columns[0].numbers[0]), std::bit_cast<std::uint64_t>(expected));
        QCOMPARE(std::bit_cast<std::uint64_t>(loaded->table.columns[1].numbers[1]), std::bit_cast<std::uint64_t>(expected));
    }

    void randomNumbersAreExactlyRounded() {
        std::mt19937_64 random(11);
        QByteArray bytes = "a\n";
        std::vector<double> expected;
        for (int i = 0; i < 200'000; ++i) {
            QByteArray text;
            const int whole = int(random() % 12), fraction = int(random() % 12);
            if (random() % 2)
                text += '-';
            for (int k = 0; k <= whole; ++k)
                text += char('0' + random() % 10);
            if (fraction)
                text += '.';
            for (int k = 0; k < fraction; ++k)
                text += char('0' + random() % 10);
            expected.push_back(std::strtod(text.constData(), nullptr));
            bytes += text + '\n';
        }
        const TemporaryFile csv(bytes);
        const auto loaded = readCsv(csv.path);
        QVERIFY(loaded);
        QCOMPARE(loaded->table.rows(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (std::bit_cast<std::uint64_t>(loaded->table.columns[0].numbers[i]) != std::bit_cast<std::uint64_t>(expected[i]))
                QFAIL(qPrintable(QStringLiteral("row %1: %2 instead of %3").arg(i).arg(loaded->table.columns[0].numbers[i], 0, 'g', 17).arg(expected[i], 0, 'g', 17)));
    }

    void aFileThatChangesWhileItIsReadIsAnError_data() {
        QTest::addColumn<int>("what");
        QTest::newRow("it is cut") << 0;
        QTest::newRow("it is emptied") << 1;
        QTest::newRow("it grows") << 2;
        QTest::newRow("a byte in it is overwritten") << 3;
    }
    void aFileThatChangesWhileItIsReadIsAnError() {
        QFETCH(int, what);
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(200'000));
        CsvOptions options;
        options.batchBytes = 64 * 1024;
        bool done = false;
        const auto meddle = [&](qint64, qint64) {
            if (std::exchange(done, true))
                return;
            QFile file(csv.path);
            QVERIFY(file.open(QIODevice::ReadWrite));
            if (what < 2) {
                QVERIFY(file.resize(what == 0 ? 300'000 : 0));
            } else if (what == 2) {
                file.seek(file.size());
                file.write("3,4\n");
            } else {
                file.write("A");
                file.close();
                // Kernel times may be as coarse as a tick: say plainly that it is newer.
                timespec times[2] = {{0, UTIME_OMIT}, {4'000'000'000, 0}};
                QCOMPARE(::utimensat(AT_FDCWD, QFile::encodeName(csv.path).constData(), times, 0), 0);
            }
        };
        const auto loaded = readCsv(csv.path, options, {}, meddle);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, ErrorKind::Invalid);
        QVERIFY2(loaded.error().text().contains(csv.path) && loaded.error().text().contains(QStringLiteral("changed")), qPrintable(loaded.error().text()));
    }

    void aStopRequestEndsIt() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(200'000));
        CsvOptions options;
        options.batchBytes = 64 * 1024;
        std::stop_source stop;
        int calls = 0;
        const auto loaded = readCsv(csv.path, options, stop.get_token(), [&](qint64, qint64) {
            if (++calls == 2)
                stop.request_stop();
        });
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, ErrorKind::Cancelled);
        QCOMPARE(calls, 2);
    }

    void progressEndsAtTheSize() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(100'000));
        CsvOptions options;
        options.batchBytes = 64 * 1024;
        qint64 last = 0;
        const auto loaded = readCsv(csv.path, options, {}, [&](qint64 done, qint64 total) {
            QVERIFY(done >= last && done <= total);
            last = done;
        });
        QVERIFY(loaded);
        QCOMPARE(last, QFileInfo(csv.path).size());
        QCOMPARE(loaded->fingerprint.bytes, last);
    }
};

QTEST_GUILESS_MAIN(TestCsvChunks)
#include "tst_csv_chunks.moc"
