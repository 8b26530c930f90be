// SPDX-License-Identifier: GPL-3.0-or-later
// Following a run's log into the cache: pieces, breaks, logs that begin anew, ends that are kept, secrets, the head on demand.
#include "core/base/redact.h"
#include "core/pipelines/log_follow.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <mutex>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::pipelines;

namespace {

QByteArray bytesOf(const QString &path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("no file");
}

/// A service that has one log; `next` is the byte to go on from, in words.
class OneLog final : public PipelineService {
public:
    QString source() const override { return QStringLiteral("one"); }
    Result<std::vector<Pipeline>> pipelines() const override { return std::vector<Pipeline>{}; }
    Result<std::vector<PipelineRun>> runs(const QString &, int) const override { return std::vector<PipelineRun>{}; }
    Result<PipelineRun> run(const QString &) const override { return PipelineRun{}; }
    Result<QString> startRun(const StartRequest &) override { return QString(); }
    Result<void> cancel(const QString &) override { return {}; }
    Result<LogPiece> readLog(const LogFrom &from, std::stop_token) const override {
        const std::lock_guard lock(m_mutex);
        ++m_asked;
        m_seen = from;
        if (m_error) {
            const Error error = *m_error;
            if (--m_errors <= 0)
                m_error.reset();
            return error;
        }
        LogPiece piece;
        qint64 at = from.next.startsWith(QLatin1String("at ")) ? from.next.mid(3).toLongLong() : 0;
        if (at > m_log.size()) { // began again
            piece.anew = true;
            at = 0;
        }
        if (from.next.isEmpty() && from.lastBytes > 0)
            at = piece.skipped = std::max<qint64>(0, m_log.size() - from.lastBytes);
        piece.bytes = m_log.mid(at, m_piece);
        at += piece.bytes.size();
        piece.next = QStringLiteral("at %1").arg(at);
        piece.end = m_ended && at == m_log.size();
        piece.note = m_note;
        return piece;
    }
    void set(const QByteArray &log, bool ended = true) {
        const std::lock_guard lock(m_mutex);
        m_log = log;
        m_ended = ended;
    }
    void fail(ErrorKind kind, int times) {
        const std::lock_guard lock(m_mutex);
        m_error = Error{kind, QStringLiteral("No."), {}, {}, {}};
        m_errors = times;
    }
    int asked() const {
        const std::lock_guard lock(m_mutex);
        return m_asked;
    }
    LogFrom seen() const {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    qint64 m_piece = 10;
    QString m_note;

private:
    mutable std::mutex m_mutex;
    QByteArray m_log;
    bool m_ended = true;
    mutable int m_asked = 0, m_errors = 0;
    mutable std::optional<Error> m_error;
    mutable LogFrom m_seen;
};

FollowOptions quick() {
    FollowOptions out;
    out.soonest = out.latest = std::chrono::milliseconds(2);
    return out;
}

} // namespace

class TestLogFollow : public QObject {
    Q_OBJECT
private:
    std::shared_ptr<OneLog> m_one;
    std::shared_ptr<PipelineService> m_service;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<LogCache> m_cache;
    const LogKey m_key{QStringLiteral("jenkins"), QStringLiteral("weather#1"), {}};
    std::vector<LogNews> m_news;
    QString file() const { return m_cache->fileOf(m_key); }
    Result<KeptLog> follow(const FollowOptions &options = quick(), std::stop_token token = {}) {
        m_news.clear();
        return followLog(m_service, QStringLiteral("jenkins:weather#1"), m_key, *m_cache, options, token, [this](const LogNews &news) { m_news.push_back(news); });
    }

private Q_SLOTS:
    void init() {
        m_one = std::make_shared<OneLog>();
        m_service = m_one;
        m_dir = std::make_unique<QTemporaryDir>();
        m_cache = std::make_unique<LogCache>(m_dir->filePath(QStringLiteral("logs")));
    }

    void aFinishedLogIsReadOnce() {
        m_one->set("first line\nsecond line\nthe end\n");
        m_one->m_note = QStringLiteral("As the job ended.");
        const auto got = follow();
        QVERIFY(got && got->end);
        QCOMPARE(got->note, QStringLiteral("As the job ended."));
        QCOMPARE(m_one->seen().run, QStringLiteral("jenkins:weather#1"));
        QCOMPARE(bytesOf(file()), QByteArray("first line\nsecond line\nthe end\n"));
        QVERIFY(m_news.size() >= 3 && m_news.front().anew);
        const int asked = m_one->asked();
        const auto again = follow();
        QVERIFY(again && again->end && again->bytes == 31);
        QCOMPARE(m_one->asked(), asked);
        QCOMPARE(m_news.size(), std::size_t(1)); // what is kept is shown
        QCOMPARE(m_news.front().kept.note, QStringLiteral("As the job ended."));
    }

    void itGoesOnWhereItWas() {
        m_one->set("one two three four", false);
        std::stop_source stop;
        std::thread person([&] {
            while (bytesOf(file()) != "one two three four")
                std::this_thread::yield();
            stop.request_stop();
        });
        QCOMPARE(follow(quick(), stop.get_token()).error().kind, ErrorKind::Cancelled);
        person.join();
        QFile torn(file()); // what a crash left behind the certain bytes
        QVERIFY(torn.open(QIODevice::Append));
        torn.write("half");
        torn.close();
        m_one->set("one two three four five\n");
        const auto got = follow();
        QVERIFY(got && got->end);
        QCOMPARE(bytesOf(file()), QByteArray("one two three four five\n"));
        QCOMPARE(m_news.front().kept.bytes, 18);
    }

    void breaksAreToldAndTriedAgain() {
        m_one->set("a log\n");
        m_one->fail(ErrorKind::Unreachable, 3);
        QVERIFY(follow());
        QCOMPARE(std::count_if(m_news.begin(), m_news.end(), [](const LogNews &news) { return news.error.has_value(); }), 3);
        QVERIFY(!m_news.back().error);
        QCOMPARE(bytesOf(file()), QByteArray("a log\n"));
        init();
        m_one->fail(ErrorKind::Denied, 1);
        QCOMPARE(follow().error().kind, ErrorKind::Denied);
        QCOMPARE(m_one->asked(), 1);
        QVERIFY(!QFileInfo::exists(file()));
    }

    void aLogThatBeginsAnewTakesThePlace() {
        m_one->set("the first try, a long one", false);
        std::stop_source stop;
        std::thread person([&] {
            while (bytesOf(file()) != "the first try, a long one")
                std::this_thread::yield();
            m_one->set("second\n");
        });
        const auto got = follow();
        person.join();
        QVERIFY(got && got->end);
        QCOMPARE(bytesOf(file()), QByteArray("second\n"));
        QVERIFY(m_news.back().anew || m_news[m_news.size() - 2].anew);
    }

    void theEndFirstAndTheHeadOnDemand() {
        QByteArray log;
        for (int i = 0; i < 100; ++i)
            log += QByteArray::number(i) + '\n';
        m_one->set(log);
        FollowOptions options = quick();
        options.firstBytes = 50;
        const auto tail = follow(options);
        QVERIFY(tail && tail->end);
        QCOMPARE(tail->skipped, log.size() - 50);
        QCOMPARE(bytesOf(file()), log.right(50));
        options.whole = true;
        const auto all = follow(options);
        QVERIFY(all && all->end);
        QCOMPARE(all->skipped, 0);
        QCOMPARE(bytesOf(file()), log);
        int placed = 0;
        for (const LogNews &news : m_news)
            placed += news.anew;
        QCOMPARE(placed, 1); // the file changed once, when the head was whole
    }

    void aLogIsNotKeptWithoutEnd() {
        m_one->m_piece = 1 << 20;
        m_one->set(QByteArray(3 << 20, 'x'), false);
        FollowOptions options = quick();
        options.firstBytes = 0;
        options.mostBytes = 2 << 20;
        const auto got = follow(options);
        QVERIFY(got && got->cut);
        QCOMPARE(QFileInfo(file()).size(), 2 << 20);
        QVERIFY(got->note.contains(QStringLiteral("2 MiB")));
        const int asked = m_one->asked();
        QVERIFY(follow(options)->cut);
        QCOMPARE(m_one->asked(), asked);
    }

    void secretsNeverReachTheFile() {
        hideInTexts(QStringLiteral("s3cret-in-pieces"));
        m_one->set("login with s3cret-in-pieces, again s3cret-in-pieces\ns3cret-in", false); // pieces of ten bytes; the last is no secret yet
        std::stop_source stop;
        std::thread person([&] {
            while (!bytesOf(file()).endsWith("again •••\n"))
                std::this_thread::yield();
            m_one->set("login with s3cret-in-pieces, again s3cret-in-pieces\ns3cret-in no\n");
        });
        QVERIFY(follow());
        person.join();
        QCOMPARE(bytesOf(file()), QByteArray("login with •••, again •••\ns3cret-in no\n"));
        QDirIterator each(m_dir->path(), QDir::Files, QDirIterator::Subdirectories);
        while (each.hasNext())
            QVERIFY(!bytesOf(each.next()).contains("s3cret-in-pieces"));
    }

    void twoWhoFollowReadItOnce() {
        m_one->set("shared", false);
        std::stop_source stop;
        std::thread other([&] { (void)followLog(m_service, QStringLiteral("r"), m_key, *m_cache, quick(), stop.get_token(), [](const LogNews &) {}); });
        while (m_cache->kept(m_key).value_or(KeptLog{}).bytes != 6)
            std::this_thread::yield();
        std::stop_source mine;
        m_news.clear();
        QCOMPARE(followLog(m_service, QStringLiteral("r"), m_key, *m_cache, quick(), mine.get_token(),
                           [&](const LogNews &news) {
                               m_news.push_back(news);
                               mine.request_stop();
                           })
                     .error()
                     .kind,
                 ErrorKind::Cancelled);
        QVERIFY(m_news.front().elsewhere);
        QCOMPARE(m_news.front().kept.bytes, 6);
        m_one->set("shared and done\n");
        other.join();
        QCOMPARE(bytesOf(file()), QByteArray("shared and done\n"));
        QVERIFY(follow()->end);
    }

    void oldLogsLeave() {
        const LogCache small(m_dir->filePath(QStringLiteral("logs")), 2500);
        for (int i = 0; i < 4; ++i) {
            const LogKey key{QStringLiteral("github"), QString::number(i), QStringLiteral("train")};
            m_one->set(QByteArray(999, char('0' + i)) + "\n");
            m_one->m_piece = 4000;
            QVERIFY(followLog(m_service, QString::number(i), key, small, quick(), {}, [](const LogNews &) {}));
            QFile log(small.fileOf(key));
            if (log.open(QIODevice::ReadWrite)) // files of one tick have one age
                log.setFileTime(QDateTime::currentDateTimeUtc().addSecs(i - 100), QFileDevice::FileModificationTime);
        }
        QVERIFY(small.trim());
        const auto there = [&](int i) { return QFileInfo::exists(small.fileOf({QStringLiteral("github"), QString::number(i), QStringLiteral("train")})); };
        QVERIFY(!there(0) && !there(1) && there(2) && there(3));
        QVERIFY(!small.kept({QStringLiteral("github"), QStringLiteral("0"), QStringLiteral("train")}));
        QVERIFY(small.kept({QStringLiteral("github"), QStringLiteral("3"), QStringLiteral("train")})->end);
        QVERIFY(small.fileOf({QStringLiteral("a/../b"), QStringLiteral("1"), {}}).contains(QStringLiteral("/a____b/")));
        // A file of another length than was said is read anew.
        QFile cut(small.fileOf({QStringLiteral("github"), QStringLiteral("3"), QStringLiteral("train")}));
        QVERIFY(cut.resize(10));
        QVERIFY(!small.kept({QStringLiteral("github"), QStringLiteral("3"), QStringLiteral("train")}));
    }
};

QTEST_GUILESS_MAIN(TestLogFollow)
#include "tst_log_follow.moc"
