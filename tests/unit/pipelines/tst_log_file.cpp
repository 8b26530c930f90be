// SPDX-License-Identifier: GPL-3.0-or-later
// A log on disk: its lines from the end first, while it grows, is cut and replaced; what is searched in it.
#include "core/pipelines/log_file.h"
#include "core/pipelines/log_search.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using Change = LogFile::Change;
using Kind = LogQuery::Kind;

namespace {

class Place {
public:
    QString path() const { return m_dir.filePath(QStringLiteral("run.log")); }
    void write(const QByteArray &bytes, QIODevice::OpenMode mode = QIODevice::WriteOnly) const {
        QFile file(path());
        if (!file.open(mode) || file.write(bytes) != bytes.size())
            qFatal("no file");
    }
    void append(const QByteArray &bytes) const { write(bytes, QIODevice::Append); }
    std::shared_ptr<LogFile> open() const {
        auto file = LogFile::open(path());
        if (!file || !(*file)->index())
            qFatal("no log");
        return *file;
    }

private:
    QTemporaryDir m_dir;
};

/// All rows as the naive way has them.
void compare(const LogLines &lines, const QByteArray &bytes) {
    QList<QByteArray> want = bytes.split('\n');
    if (want.last().isEmpty())
        want.removeLast();
    QVERIFY(lines.complete());
    QCOMPARE(lines.count(), want.size());
    qint64 at = 0;
    for (qsizetype i = 0; i < want.size(); ++i) {
        QCOMPARE(lines.begin(i), at);
        QCOMPARE(lines.rowAt(at), i);
        QCOMPARE(lines.rowAt(std::min(at + want[i].size(), qint64(bytes.size()) - 1)), i);
        if (lines.text(i, 64 << 20) != want[i])
            QCOMPARE(lines.text(i, 64 << 20), want[i]);
        at += want[i].size() + 1;
    }
    QCOMPARE(lines.rowAt(lines.bytes()), -1);
}

QByteArray manyLines(int count, quint32 seed = 1) {
    QByteArray out;
    quint32 x = seed;
    for (int i = 0; i < count; ++i) {
        x = x * 1664525 + 1013904223;
        out += QByteArray::number(i) + QByteArray(int(x >> 24), char('a' + i % 26)) + '\n';
    }
    return out;
}

LogHits hitsOf(const Place &place, const LogQuery &query) {
    const auto file = place.open();
    LogHits all;
    qint64 until = 0;
    const auto done = searchLog(*file->lines().file(), 0, file->lines().bytes(), query, {}, [&](const LogHits &hits, qint64 to) {
        all.insert(all.end(), hits.begin(), hits.end());
        until = to;
    });
    if (!done || until != file->lines().bytes())
        qFatal("not searched");
    LogHits rows;
    for (const qint64 at : all)
        rows.push_back(file->lines().rowAt(at));
    return rows;
}
LogQuery query(Kind kind, const char *text = "", bool anyCase = true) { return {kind, QString::fromUtf8(text), anyCase}; }

} // namespace

class TestLogFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreThoseOfTheFile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("one") << QByteArray("a\n");
        QTest::newRow("the last without a line feed") << QByteArray("a\nb");
        QTest::newRow("empty lines") << QByteArray("\n\n\na\n\n");
        QTest::newRow("blocks of lines") << manyLines(20'000);
        QTest::newRow("one of 1 MB among others") << QByteArray(manyLines(3'000) + QByteArray(1'000'000, 'x') + "\n" + manyLines(3'000, 5));
        QTest::newRow("one alone without an end") << QByteArray(1'000'000, 'x');
        QTest::newRow("feeds at the edges of blocks") << QByteArray(QByteArray((256 << 10) - 1, 'x') + "\n" + QByteArray((256 << 10) - 2, 'y') + "\n\n" + "z");
        QTest::newRow("no UTF-8, zeros") << QByteArray("\xff\xfe\0\n\x80", 5);
    }
    void linesAreThoseOfTheFile() {
        QFETCH(QByteArray, bytes);
        Place place;
        place.write(bytes);
        compare(place.open()->lines(), bytes);
    }

    void theEndStandsFirst() {
        Place place;
        const QByteArray bytes = manyLines(200'000);
        place.write(bytes);
        const auto opened = LogFile::open(place.path());
        QVERIFY(opened.has_value());
        QCOMPARE((*opened)->lines().count(), 0);
        std::vector<qint64> begins;
        QVERIFY((*opened)->index({}, [&] {
            const LogLines lines = (*opened)->lines();
            if (begins.empty()) // the last lines are there before all others
                QCOMPARE(lines.text(lines.count() - 1), bytes.mid(bytes.lastIndexOf('\n', -2) + 1).chopped(1));
            begins.push_back(lines.from());
        }));
        QVERIFY(begins.size() > 2);
        QVERIFY(begins.front() > bytes.size() - (1 << 20));
        QVERIFY(std::is_sorted(begins.rbegin(), begins.rend()));
        QCOMPARE(begins.back(), 0);
        compare((*opened)->lines(), bytes);
    }

    void anIndexIsStopped() {
        Place place;
        place.write(manyLines(100'000));
        const auto opened = LogFile::open(place.path());
        std::stop_source stop;
        const auto done = (*opened)->index(stop.get_token(), [&] { stop.request_stop(); });
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Cancelled);
        QVERIFY((*opened)->lines().count() > 0);
        QVERIFY((*opened)->index()); // goes on from there
        QVERIFY((*opened)->isIndexed());
        compare((*opened)->lines(), manyLines(100'000));
    }

    void growsWhileItIsRead() {
        Place place;
        place.write("");
        const auto file = place.open();
        QCOMPARE(file->lines().count(), 0);
        QByteArray all;
        const QByteArray source = manyLines(30'000);
        for (qsizetype at = 0; at < source.size(); at += 77'777) { // in the middle of lines
            const QByteArray piece = source.mid(at, 77'777);
            place.append(piece);
            all += piece;
            QCOMPARE(file->look().value_or(Change::None), Change::Grown);
            QVERIFY(!file->isIndexed());
            QVERIFY(file->index());
            QCOMPARE(file->lines().text(file->lines().count() - 1), all.mid(all.lastIndexOf('\n', all.endsWith('\n') ? -2 : -1) + 1).replace("\n", ""));
        }
        QCOMPARE(file->look().value_or(Change::Anew), Change::None);
        compare(file->lines(), all);
    }

    void cutReplacedAndWrittenOver() {
        Place place;
        place.write(manyLines(1000));
        const auto file = place.open();
        const LogLines before = file->lines();
        place.write("short\n"); // cut in place: what was known reads as nothing, and nothing breaks
        QCOMPARE(before.text(900), QByteArray());
        QCOMPARE(file->look().value_or(Change::None), Change::Anew);
        QVERIFY(file->index());
        compare(file->lines(), "short\n");
        place.write("other bytes, and more of them\n"); // longer and other: not grown
        QCOMPARE(file->look().value_or(Change::None), Change::Anew);
        QVERIFY(file->index());
        compare(file->lines(), "other bytes, and more of them\n");
        const LogLines old = file->lines();
        QFile::remove(place.path());
        QCOMPARE(file->look().value_or(Change::Anew), Change::None); // gone for a moment
        place.write("the next run\n");
        QCOMPARE(file->look().value_or(Change::None), Change::Anew);
        QVERIFY(file->index());
        compare(file->lines(), "the next run\n");
        QCOMPARE(old.text(0), QByteArray("other bytes, and more of them")); // a snapshot keeps what it was of
    }

    void longLinesAreCutForTheEye() {
        Place place;
        place.write(QByteArray(200'000, 'h') + "\n" + QByteArray(200'000, '.') + "\r99%\r100%\r\nend\n");
        const LogLines lines = place.open()->lines();
        bool cut = false;
        QCOMPARE(lines.text(0, 1000, &cut), QByteArray(1000, 'h'));
        QVERIFY(cut);
        QCOMPARE(lines.text(1, 1000, &cut), QByteArray("100%"));
        QVERIFY(cut);
        QCOMPARE(lines.text(2, 1000, &cut), QByteArray("end"));
        QVERIFY(!cut);
    }

    void isSavedAsItIsRead() {
        Place place;
        place.write("\x1b[31mred\x1b[0m\n10%\r100%\r\nlast");
        const QString path = place.path() + QStringLiteral(".txt");
        QVERIFY(saveLogText(place.open()->lines(), path));
        QFile saved(path);
        QVERIFY(saved.open(QIODevice::ReadOnly));
        QCOMPARE(saved.readAll(), QByteArray("red\n100%\nlast\n"));
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!saveLogText(place.open()->lines(), path + QStringLiteral("2"), stop.get_token()));
        QVERIFY(!QFile::exists(path + QStringLiteral("2")));
    }

    void noFile() {
        QCOMPARE(LogFile::open(QStringLiteral("/nowhere/run.log")).error().kind, ErrorKind::NotFound);
        QCOMPARE(LogFile::open(QStringLiteral("/")).error().kind, ErrorKind::Invalid);
    }

    void words() {
        Place place;
        place.write("alpha\nBeta beta\n\x1b[31mal\x1b[0mpha in colours\nalp\rbeta\nGr\xc3\xbc\xc3\x9f" "e\nx.y\nno end beta");
        QCOMPARE(hitsOf(place, query(Kind::Words, "ALPHA")), (LogHits{0, 2}));
        QCOMPARE(hitsOf(place, query(Kind::Words, "beta")), (LogHits{1, 3, 6})); // a line once; the state that stayed
        QCOMPARE(hitsOf(place, query(Kind::Words, "Beta", false)), (LogHits{1}));
        QCOMPARE(hitsOf(place, query(Kind::Words, "31m")), LogHits{});
        QCOMPARE(hitsOf(place, query(Kind::Words, "alp")), (LogHits{0, 2})); // not what was overwritten
        QCOMPARE(hitsOf(place, query(Kind::Words, "GR\xc3\x9c")), (LogHits{4}));
        QCOMPARE(hitsOf(place, query(Kind::Words, ".")), (LogHits{5}));
        QCOMPARE(hitsOf(place, query(Kind::Pattern, "^x.y$")), (LogHits{5}));
        QCOMPARE(hitsOf(place, query(Kind::Pattern, "^alpha")), (LogHits{0, 2}));
        QVERIFY(!checkQuery(query(Kind::Words)));
        QVERIFY(!checkQuery(query(Kind::Pattern, "a(")));
    }

    void theSameAsTheNaiveWay() {
        QByteArray bytes;
        quint32 x = 3;
        for (int i = 0; i < 60'000; ++i) {
            x = x * 1664525 + 1013904223;
            static const char *const some[] = {"step ", "Error ", "\x1b[32mok\x1b[0m ", "failed=0 ", "warn ", "e", "failed ", "10%\r20% "};
            bytes += some[x >> 29];
            if ((x >> 8) % 5 == 0)
                bytes += '\n';
        }
        bytes += QByteArray(5 << 20, 'z') + " error\n" + bytes; // a line longer than a piece
        Place place;
        place.write(bytes);
        const auto naive = [&](const QString &pattern) {
            static const QRegularExpression escapes(QStringLiteral("\x1b\\[[0-9;]*m"));
            const QRegularExpression wanted(pattern, QRegularExpression::CaseInsensitiveOption);
            LogHits rows;
            QStringList lines = QString::fromUtf8(bytes).split(QLatin1Char('\n'));
            lines.removeLast();
            for (qsizetype i = 0; i < lines.size(); ++i) {
                QString text = lines[i].remove(escapes);
                text = text.mid(text.lastIndexOf(QLatin1Char('\r')) + 1);
                if (wanted.match(text).hasMatch())
                    rows.push_back(i);
            }
            return rows;
        };
        QCOMPARE(hitsOf(place, query(Kind::Words, "ok STEP")), naive(QStringLiteral("ok step")));
        QCOMPARE(hitsOf(place, query(Kind::Pattern, "e{2}\\w")), naive(QStringLiteral("e{2}\\w")));
        QCOMPARE(hitsOf(place, query(Kind::Errors)), naive(QStringLiteral("\\b(error|failed(?!=0))\\b")));
        QCOMPARE(hitsOf(place, query(Kind::Warnings)), naive(QStringLiteral("\\b(warn|error|failed(?!=0))\\b")));
    }

    void aSearchIsStoppedAndPatternsDoNotRunAway() {
        Place place;
        place.write(manyLines(100'000)); // over several pieces
        const auto file = place.open();
        std::stop_source stop;
        int pieces = 0;
        const auto done = searchLog(*file->lines().file(), 0, file->lines().bytes(), query(Kind::Words, "a"), stop.get_token(), [&](const LogHits &hits, qint64) {
            QVERIFY(!hits.empty());
            ++pieces;
            stop.request_stop();
        });
        QCOMPARE(done.error().kind, ErrorKind::Cancelled);
        QCOMPARE(pieces, 1);
        place.write(QByteArray(40, 'a') + "!\nplain b\n");
        QCOMPARE(hitsOf(place, query(Kind::Pattern, "(a+)+b|plain")), (LogHits{1}));
    }
};

QTEST_GUILESS_MAIN(TestLogFile)
#include "tst_log_file.moc"
