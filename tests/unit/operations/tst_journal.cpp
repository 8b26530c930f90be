// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/operations/journal.h"
#include "core/operations/journal_line_internal.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace pilothouse;
using namespace pilothouse::operations;

namespace {

const QByteArray key = QByteArrayLiteral("the key of the test");

JournalEntry entry(int i) {
    JournalEntry e;
    e.actor = QStringLiteral("ada");
    e.program = QStringLiteral("pilot");
    e.operation = QStringLiteral("op-%1").arg(i);
    e.kind = QStringLiteral("set-alias");
    e.phase = QStringLiteral("done");
    e.object = QStringLiteral("model t2m");
    e.after = {{QStringLiteral("version"), i}, {QStringLiteral("share"), i / 7.0}, {QStringLiteral("größe"), QStringLiteral("°C “%1”").arg(i)}};
    return e;
}

/// A journal in a folder of its own.
struct Bench {
    QTemporaryDir folder;
    QString file = folder.filePath(QStringLiteral("journal.jsonl"));
    std::shared_ptr<Database> database = *Database::open(folder.filePath(QStringLiteral("registry.db")), {journalTables1()});

    std::shared_ptr<Journal> open(const QByteArray &with = key, bool isNew = false) {
        auto journal = Journal::open(file, database, with, std::make_shared<SystemClock>(), isNew);
        if (!journal)
            qFatal("%s", qPrintable(journal.error().text()));
        return *journal;
    }
    void fill(Journal &journal, int lines) {
        for (int i = 1; i <= lines; ++i)
            if (auto done = journal.append(entry(i)); !done)
                qFatal("%s", qPrintable(done.error().text()));
    }
    QByteArray bytes() const { return *readFile(file); }
    void setBytes(const QByteArray &bytes) const {
        QFile f(file);
        if (!f.open(QIODevice::WriteOnly | QIODevice::Truncate) || f.write(bytes) != bytes.size())
            qFatal("could not write %s", qPrintable(file));
    }
    void sql(const QString &text) {
        if (auto done = database->execute(text); !done)
            qFatal("%s", qPrintable(done.error().text()));
    }
    JournalCheck check(const QByteArray &with = key) { return *open(with)->verify(); }
};

/// All lines written anew with correct hashes and links, the first one's actor changed: what a forger without the key makes.
QByteArray recomputed(const QByteArray &bytes, QString *lastHash) {
    QByteArray out;
    *lastHash = noHash();
    QList<QByteArray> lines = bytes.split('\n');
    lines.removeLast();
    for (qsizetype i = 0; i < lines.size(); ++i) {
        JournalEntry e = decodeLine(lines[i], {})->entry;
        if (i == 0)
            e.actor = QStringLiteral("mallory");
        e.previousHash = *lastHash;
        out += encodeLine(e, {}) + '\n';
        *lastHash = e.hash;
    }
    return out;
}

} // namespace

class TestJournal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyLineFollowsTheOneBefore();
    void entriesComeNewestFirst();
    void everyMutationIsFound_data();
    void everyMutationIsFound();
    void aRecomputedChainIsFound_data();
    void aRecomputedChainIsFound();
    void aKillBeforeTheHeadIsNoAlarm();
    void aHalfLineIsSetAsideAndNoted();
    void appendingDoesNotHideACutTail();
    void textsAreRedacted();
    void withoutAKeyTheChainIsStillKept();
    void aNewKeySealsWhatIsThereAndSaysSo();
    void anotherKeyIsFoundUntilSealed();
    void aWriterWithoutTheKeyIsCounted();
    void aLostDatabaseIsFound();
    void aFailedAppendLeavesTheFileAsItWas();
    void aClockThatWasSetBackIsToldAndNoAlarm();

private:
    std::unique_ptr<Bench> m_filled[2];
};

void TestJournal::everyLineFollowsTheOneBefore() {
    Bench b;
    auto journal = b.open();
    b.fill(*journal, 20);
    const JournalCheck check = *journal->verify();
    QVERIFY2(check.intact, qPrintable(check.finding));
    QVERIFY(check.authenticated);
    QCOMPARE(check.entries, 20);
    QCOMPARE(check.unsealed, 0);
    QCOMPARE(b.bytes().count('\n'), 20);
    QCOMPARE(QFileInfo(b.file).permissions() & (QFile::ReadOther | QFile::ReadGroup), QFile::Permissions());
}

void TestJournal::entriesComeNewestFirst() {
    Bench b;
    auto journal = b.open();
    QVERIFY(journal->entries()->empty());
    b.fill(*journal, 300);
    const auto all = *journal->entries();
    QCOMPARE(all.size(), std::size_t(300));
    QCOMPARE(all.front().sequence, 300);
    QCOMPARE(all.back().sequence, 1);
    QCOMPARE(all.back().after, entry(1).after);
    QCOMPARE(all.back().previousHash, noHash());
    const auto some = *journal->entries(7);
    QCOMPARE(some.size(), std::size_t(7));
    QCOMPARE(some.back().sequence, 294);
    QCOMPARE(some.front().time, all.front().time);
}

void TestJournal::everyMutationIsFound_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<bool>("withKey");
    for (const char *kind : {"a byte changed", "a byte cut out", "a byte put in", "a line cut out", "two lines exchanged", "a line doubled",
                             "the tail cut at a line", "the tail cut within a line", "a line edited and its hash recomputed"})
        for (const bool withKey : {true, false})
            QTest::addRow("%s, %s", kind, withKey ? "with the key" : "without a key") << QString::fromLatin1(kind) << withKey;
}

void TestJournal::everyMutationIsFound() {
    QFETCH(const QString, kind);
    QFETCH(const bool, withKey);
    // One journal of 200 lines each way for all rows: every row puts it back. (Each append syncs twice.)
    std::unique_ptr<Bench> &bench = m_filled[withKey];
    if (!bench) {
        bench = std::make_unique<Bench>();
        bench->fill(*bench->open(withKey ? key : QByteArray()), 200);
    }
    Bench &b = *bench;
    auto journal = b.open(withKey ? key : QByteArray());
    const QByteArray good = b.bytes();
    QVERIFY(journal->verify()->intact);
    std::mt19937 random(qHash(kind));
    const auto pick = [&](qsizetype n) { return qsizetype(random() % std::size_t(n)); };
    for (int round = 0; round < 20; ++round) {
        QByteArray bad = good;
        QList<QByteArray> lines = good.split('\n');
        lines.removeLast();
        const auto join = [&] { return lines.join('\n') + '\n'; };
        const qsizetype at = pick(good.size()), line = pick(200);
        if (kind == QLatin1String("a byte changed")) {
            bad[at] = char(bad[at] ^ char(1 + pick(255)));
        } else if (kind == QLatin1String("a byte cut out")) {
            bad.remove(at, 1);
        } else if (kind == QLatin1String("a byte put in")) {
            bad.insert(at, char(pick(256)));
        } else if (kind == QLatin1String("a line cut out")) {
            lines.removeAt(line);
            bad = join();
        } else if (kind == QLatin1String("two lines exchanged")) {
            lines.swapItemsAt(line, (line + 1 + pick(199)) % 200);
            bad = join();
        } else if (kind == QLatin1String("a line doubled")) {
            lines.insert(pick(200), lines[line]);
            bad = join();
        } else if (kind == QLatin1String("the tail cut at a line")) {
            lines.remove(line, 200 - line);
            bad = lines.isEmpty() ? QByteArray() : join();
        } else if (kind == QLatin1String("the tail cut within a line")) {
            bad.truncate(at);
        } else {
            JournalEntry e = decodeLine(lines[line], {})->entry;
            e.actor = QStringLiteral("mallory");
            lines[line] = encodeLine(e, {});
            bad = join();
        }
        if (bad == good)
            continue;
        b.setBytes(bad);
        const JournalCheck check = *journal->verify();
        b.setBytes(good);
        QVERIFY2(!check.intact, qPrintable(QStringLiteral("round %1, byte %2, line %3").arg(round).arg(at).arg(line)));
        QVERIFY(!check.finding.isEmpty());
    }
    QVERIFY(journal->verify()->intact);
}

void TestJournal::aRecomputedChainIsFound_data() {
    QTest::addColumn<QString>("forgery");
    QTest::newRow("only the file") << QString();
    QTest::newRow("and the plain head") << QStringLiteral("UPDATE journal_head SET hash = '%1', bytes = %2 WHERE name = 'plain'");
    QTest::newRow("and both heads") << QStringLiteral("UPDATE journal_head SET hash = '%1', bytes = %2");
    QTest::newRow("and both heads, the seal emptied") << QStringLiteral("UPDATE journal_head SET hash = '%1', bytes = %2, mac = ''");
}

void TestJournal::aRecomputedChainIsFound() {
    QFETCH(const QString, forgery);
    Bench b;
    auto journal = b.open();
    b.fill(*journal, 30);
    QString last;
    b.setBytes(recomputed(b.bytes(), &last));
    if (!forgery.isEmpty())
        b.sql(forgery.arg(last).arg(b.bytes().size()));
    const JournalCheck check = *journal->verify();
    QVERIFY2(!check.intact, qPrintable(check.finding));
    // An honest append afterwards does not make it good again.
    QVERIFY(journal->append(entry(31)).has_value());
    QVERIFY(!journal->verify()->intact);
    // Nor does removing the sealed head.
    b.sql(QStringLiteral("DELETE FROM journal_head WHERE name = 'sealed'"));
    QVERIFY(!b.check().intact);
}

void TestJournal::aKillBeforeTheHeadIsNoAlarm() {
    Bench b;
    auto journal = b.open();
    b.fill(*journal, 5);
    b.sql(QStringLiteral("CREATE TABLE kept AS SELECT * FROM journal_head"));
    b.fill(*journal, 3);
    b.sql(QStringLiteral("DELETE FROM journal_head"));
    b.sql(QStringLiteral("INSERT INTO journal_head SELECT * FROM kept")); // as if the head had not been moved for three lines
    JournalCheck check = b.check();
    QVERIFY2(check.intact, qPrintable(check.finding));
    QCOMPARE(check.entries, 8);
    QVERIFY(journal->append(entry(9)).has_value());
    check = b.check();
    QVERIFY2(check.intact, qPrintable(check.finding));
    QByteArray cut = b.bytes();
    cut.truncate(cut.lastIndexOf('\n', cut.size() - 2) + 1);
    b.setBytes(cut);
    QVERIFY(!b.check().intact); // the head moved on with the ninth line
}

void TestJournal::aHalfLineIsSetAsideAndNoted() {
    Bench b;
    auto journal = b.open();
    b.fill(*journal, 4);
    const QByteArray torn = QByteArrayLiteral("{\"actor\":\"ada\",\"af");
    b.setBytes(b.bytes() + torn);
    JournalCheck check = *journal->verify();
    QVERIFY2(check.intact, qPrintable(check.finding));
    QVERIFY(check.finding.contains(QStringLiteral("half line")));
    QCOMPARE(journal->entries()->size(), std::size_t(4));
    QCOMPARE(journal->append(entry(5))->sequence, 6); // the note is line 5
    QCOMPARE(*readFile(b.file + QStringLiteral(".torn")), torn + '\n');
    const auto entries = *journal->entries();
    QCOMPARE(entries.at(1).phase, QStringLiteral("note"));
    QCOMPARE(entries.at(1).details.value(QStringLiteral("bytes")).toInt(), int(torn.size()));
    check = *journal->verify();
    QVERIFY2(check.intact && check.authenticated, qPrintable(check.finding));
    QCOMPARE(check.entries, 6);
}

void TestJournal::appendingDoesNotHideACutTail() {
    Bench b;
    auto journal = b.open();
    b.fill(*journal, 10);
    QList<QByteArray> lines = b.bytes().split('\n');
    b.setBytes(lines.mid(0, 7).join('\n') + '\n');
    QCOMPARE(journal->verify()->firstBadLine.value_or(0), 8);
    for (int i = 0; i < 6; ++i)
        QVERIFY(journal->append(entry(100 + i)).has_value());
    QVERIFY2(!b.check().intact, "thirteen lines now, but the tenth is not the one that was there");
    JournalEntry why;
    why.actor = QStringLiteral("ada");
    why.kind = QStringLiteral("journal");
    QVERIFY(journal->seal(why).has_value());
    QVERIFY(b.check().intact);
    QVERIFY(journal->entries(1)->front().details.value(QStringLiteral("finding")).toString().contains(QStringLiteral("Line 10")));
}

void TestJournal::textsAreRedacted() {
    Bench b;
    auto journal = b.open();
    JournalEntry e = entry(1);
    e.object = QStringLiteral("https://ada:hunter2@example.org/x");
    e.details = {{QStringLiteral("password"), QStringLiteral("hunter2")},
                 {QStringLiteral("list"), QJsonArray{QStringLiteral("Authorization: Bearer hunter2"), QJsonObject{{QStringLiteral("api_key"), QStringLiteral("hunter2")}}}},
                 {QStringLiteral("comment"), QStringLiteral("token=hunter2, looks good")}};
    QVERIFY(journal->append(e).has_value());
    QVERIFY(!b.bytes().contains("hunter2"));
    QVERIFY(b.bytes().contains("looks good"));
    QVERIFY(journal->verify()->intact);
}

void TestJournal::withoutAKeyTheChainIsStillKept() {
    Bench b;
    auto journal = b.open({});
    b.fill(*journal, 3);
    JournalCheck check = *journal->verify();
    QVERIFY(check.intact);
    QVERIFY(!check.authenticated);
    QVERIFY2(check.finding.contains(QStringLiteral("not authenticated")), qPrintable(check.finding));
}

void TestJournal::aNewKeySealsWhatIsThereAndSaysSo() {
    Bench b;
    b.fill(*b.open({}), 3);
    QVERIFY(!b.check(key).intact); // a key that was there before, and no sealed head
    auto journal = b.open(key, true);
    const JournalCheck check = *journal->verify();
    QVERIFY2(check.intact && check.authenticated, qPrintable(check.finding));
    QCOMPARE(check.entries, 4);
    QCOMPARE(check.unsealed, 3);
    QCOMPARE(journal->entries(1)->front().phase, QStringLiteral("note"));
}

void TestJournal::anotherKeyIsFoundUntilSealed() {
    Bench b;
    b.fill(*b.open(), 3);
    const QByteArray other = QByteArrayLiteral("another key");
    QVERIFY(!b.check(other).intact);
    QVERIFY(b.check(key).intact);
}

void TestJournal::aWriterWithoutTheKeyIsCounted() {
    Bench b;
    b.fill(*b.open(), 3);
    b.fill(*b.open({}), 2);
    JournalCheck check = b.check();
    QVERIFY2(check.intact, qPrintable(check.finding));
    QCOMPARE(check.unsealed, 2);
    const QByteArray all = b.bytes();
    QByteArray cut = all;
    cut.truncate(cut.lastIndexOf('\n', cut.size() - 2) + 1);
    b.setBytes(cut);
    QVERIFY2(!b.check().intact, "the plain head knows the lines of the writer without the key");
    b.setBytes(all);
    b.fill(*b.open(), 1);
    QVERIFY(b.check().intact);
}

void TestJournal::aLostDatabaseIsFound() {
    Bench b;
    b.fill(*b.open(), 3);
    b.sql(QStringLiteral("DELETE FROM journal_head"));
    QVERIFY(!b.check().intact);
    QVERIFY(!b.check({}).intact);
    QVERIFY(b.open()->append(entry(4)).has_value());
    QVERIFY(!b.check().intact);
}

void TestJournal::aFailedAppendLeavesTheFileAsItWas() {
    Bench b;
    auto journal = b.open();
    b.fill(*journal, 2);
    // A folder in the place of journal.jsonl.torn: the half line cannot be set aside, so nothing may be written behind it.
    b.setBytes(b.bytes() + "{\"half");
    const QByteArray before = b.bytes();
    QVERIFY(QDir().mkpath(b.file + QStringLiteral(".torn")));
    QVERIFY(!journal->append(entry(3)).has_value());
    QCOMPARE(b.bytes(), before);
    QVERIFY(journal->verify()->intact);
}

void TestJournal::aClockThatWasSetBackIsToldAndNoAlarm() {
    Bench bench;
    const auto clock = std::make_shared<FixedClock>(QDateTime::fromString(QStringLiteral("2026-05-01T10:00:00Z"), Qt::ISODate));
    const auto journal = Journal::open(bench.file, bench.database, key, clock, false);
    QVERIFY(journal);
    bench.fill(**journal, 3);
    clock->advance(-30); // two programs, one lock: no jump
    bench.fill(**journal, 1);
    QVERIFY(!(*journal)->verify()->finding.contains(QStringLiteral("clock")));
    clock->advance(-3600);
    bench.fill(**journal, 2);
    const auto check = (*journal)->verify();
    QVERIFY(check && check->intact);
    QVERIFY2(check->finding.contains(QStringLiteral("set back before line 5, from 2026-05-01T09:59:30.000Z to 2026-05-01T08:59:30.000Z")), qPrintable(check->finding));
}

QTEST_GUILESS_MAIN(TestJournal)
#include "tst_journal.moc"
