// SPDX-License-Identifier: GPL-3.0-or-later
// Pushing as real DVC pushes: the trees dvc2/ and dvc3/ hold what `dvc push` left in a folder.
#include "core/base/file.h"
#include "core/sources/dvc_add.h"
#include "core/sources/dvc_push.h"
#include "tests/support/loopback_server.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::sources;

namespace {

QByteArray bytesOf(const QString &path) { return readFile(path).value_or(QByteArray("not readable")); }
void write(const QString &path, const QByteArray &bytes) { QVERIFY(writeFileAtomically(path, bytes)); }

QStringList filesBelow(const QString &folder) {
    QStringList names;
    for (QDirIterator it(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();)
        names << it.next().mid(folder.size() + 1);
    names.sort();
    return names;
}

void copyTree(const QString &from, const QString &to) {
    for (const QString &name : filesBelow(from))
        write(to + QLatin1Char('/') + name, bytesOf(from + QLatin1Char('/') + name));
}

/// A remote in which something happens before an object is sent.
class EventfulStore final : public DvcStore {
public:
    explicit EventfulStore(std::shared_ptr<DvcStore> store) : m_store(std::move(store)) {}
    std::function<Result<void>(const QString &object)> before, after;
    QStringList sent;
    Result<std::optional<qint64>> size(const QString &object, std::stop_token stop) override { return m_store->size(object, stop); }
    Result<Written> put(const QString &object, const QString &file, std::stop_token stop, const Progress &progress) override {
        if (before)
            PH_TRY(before(object));
        PH_ASSIGN(const Written written, m_store->put(object, file, stop, progress));
        sent << object;
        if (after)
            PH_TRY(after(object));
        return written;
    }
    Result<void> remove(const QString &object, const QString &version) override { return m_store->remove(object, version); }
    QString place(const QString &object) const override { return m_store->place(object); }

private:
    std::shared_ptr<DvcStore> m_store;
};

} // namespace

class tst_DvcPush : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    Access m_access;

    QString path(const char *name) const { return m_folder->filePath(QLatin1String(name)); }
    Cache cache() const { return *Cache::open(path("cache")); }
    Result<DvcPush> plan(const QString &what, const QString &remote = {}) const { return planDvcPush(what, remote, {what, {}, {}}, m_access, cache()); }
    /// The repository of a fixture with all objects in DVC's cache, and an empty remote.
    void use(const char *tree) {
        m_folder = std::make_unique<QTemporaryDir>();
        copyTree(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/sources/%1/repo").arg(QLatin1String(tree)), path("repo"));
        copyTree(fixture(tree), path("repo/.dvc/cache"));
        write(path("repo/.dvc/config"), "[core]\n    remote = r\n['remote \"r\"']\n    url = ../../remote\n");
    }
    static QString fixture(const char *tree) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/sources/%1/remote").arg(QLatin1String(tree)); }
    Result<DvcPush> push(const QString &what) const {
        PH_ASSIGN(DvcPush made, plan(what));
        PH_TRY(guardDvcPush(made));
        PH_TRY(executeDvcPush(made));
        PH_ASSIGN(const QJsonObject seen, readBackDvcPush(made));
        return made;
    }
    /// A folder of 40 files, tracked, and how many objects it has.
    void useFolder() {
        m_folder = std::make_unique<QTemporaryDir>();
        write(path("repo/.dvc/config"), "['remote \"r\"']\n    url = ../../remote\n");
        for (int i = 0; i < 40; ++i)
            write(path("repo/d/") + QString::number(i), QByteArray(1000 + i, 'x'));
        const auto added = planDvcAdd(path("repo/d"));
        QVERIFY(added && executeDvcAdd(*added));
    }
    static constexpr int folderObjects = 41;

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", "/nonexistent");
        for (const char *variable : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"})
            qunsetenv(variable);
        qputenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
        m_access.http = std::make_shared<net::HttpClient>();
    }

    void theRemoteIsThatOfDvc_data() {
        QTest::addColumn<QByteArray>("tree");
        QTest::newRow("DVC 2") << QByteArray("dvc2");
        QTest::newRow("DVC 3") << QByteArray("dvc3");
    }
    void theRemoteIsThatOfDvc() {
        QFETCH(QByteArray, tree);
        use(tree);
        for (const char *what : {"repo/data/train.csv.dvc", "repo/data/crlf.csv", "repo/data/images", "repo/stages/dvc.lock"}) {
            const auto done = push(path(what));
            QVERIFY2(done, done ? what : qPrintable(done.error().text()));
            QVERIFY(!done->made.empty());
        }
        for (const QString &name : filesBelow(path("remote")))
            QCOMPARE(bytesOf(path("remote/") + name), bytesOf(fixture(tree) + QLatin1Char('/') + name));
        QStringList missing = filesBelow(fixture(tree));
        for (const QString &name : filesBelow(path("remote")))
            missing.removeOne(name);
        QVERIFY2(missing.size() <= 1, qPrintable(missing.join(QLatin1Char(' ')))); // train.csv of the first commit, which no file names now
        // Another clone, without DVC's cache, reads it back.
        copyTree(path("repo/data"), path("clone/data"));
        copyTree(path("repo/stages"), path("clone/stages"));
        write(path("clone/.dvc/config"), bytesOf(path("repo/.dvc/config")));
        for (const char *what : {"clone/data/train.csv", "clone/data/crlf.csv", "clone/data/images/one.csv", "clone/stages/in/prepared.csv"}) {
            const auto got = fetchSource({QStringLiteral("dvc:") + path(what), {}, {}}, m_access, cache());
            QVERIFY2(got, got ? what : qPrintable(got.error().text()));
        }
        const auto again = plan(path("repo/data/images.dvc"));
        QVERIFY(again && again->missing.empty() && again->there == 3);
    }
    void theListOfAFolderGoesLast() {
        useFolder();
        auto made = plan(path("repo/d"));
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        const auto store = std::make_shared<EventfulStore>(made->store);
        made->store = store;
        qint64 last = 0;
        QVERIFY(executeDvcPush(*made, {}, [&](qint64 done, qint64 total) {
            QVERIFY(done >= last && done <= total);
            last = done;
        }));
        QCOMPARE(store->sent.size(), folderObjects);
        QVERIFY(store->sent.last().endsWith(QStringLiteral(".dir")));
        QCOMPARE(last, made->bytes);
    }
    void aBrokenPushIsGoneOnWith() {
        useFolder();
        auto made = plan(path("repo/d.dvc"));
        QVERIFY(made && made->missing.size() == folderObjects);
        const auto store = std::make_shared<EventfulStore>(made->store);
        store->before = [&](const QString &object) { return store->sent.size() == 7 ? Result<void>(Error{ErrorKind::Unreachable, QStringLiteral("The line is cut."), object, {}, {}}) : Result<void>(); };
        made->store = store;
        const auto broken = executeDvcPush(*made);
        QVERIFY(!broken);
        QCOMPARE(broken.error().kind, ErrorKind::Unreachable);
        QVERIFY2(broken.error().what.startsWith(QStringLiteral("7 of 41 objects were sent")), qPrintable(broken.error().text()));
        QVERIFY(broken.error().hint.contains(QStringLiteral("Push again")));
        QCOMPARE(filesBelow(path("remote")).size(), 7);
        QVERIFY(filesBelow(path("remote")).filter(QStringLiteral(".dir")).isEmpty()); // nobody takes it for a whole folder
        const auto again = push(path("repo/d.dvc"));
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        QCOMPARE(int(again->made.size()), folderObjects - 7);
        QCOMPARE(again->there, 7);
        QCOMPARE(filesBelow(path("remote")).size(), folderObjects);
    }
    void aCutLineToS3IsGoneOnWith() {
        use("dvc3");
        std::mutex lock;
        QMap<QByteArray, QByteArray> stored;
        QByteArray checked;
        std::atomic<bool> cut = true;
        support::LoopbackServer server([&](auto &c, int) {
            const QByteArray request = c.readRequest(), method = request.split(' ').value(0), key = request.split(' ').value(1);
            const std::lock_guard guard(lock);
            if (method == "PUT" && cut && !stored.isEmpty())
                return c.breakOff();
            if (method == "PUT") {
                stored.insert(key, request.mid(request.indexOf("\r\n\r\n") + 4));
                checked = request.mid(request.indexOf("Content-MD5: ") + 13).split('\r').value(0);
                return (void)c.reply(200, {}, "Connection: close\r\n");
            }
            if (stored.contains(key) || key == "/dvc/") // what a HEAD says of it
                return (void)c.write("HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: " + QByteArray::number(stored.value(key).size()) + "\r\n\r\n");
            (void)c.reply(404, {}, "Connection: close\r\n");
        });
        write(path("repo/.dvc/config"), "['remote \"s\"']\n    url = s3://dvc/place\n    endpointurl = " + server.url("").toLatin1() + "\n");
        const auto broken = push(path("repo/data/images"));
        QVERIFY(!broken);
        QVERIFY2(broken.error().kind == ErrorKind::Unreachable && broken.error().what.startsWith(QStringLiteral("1 of 3 objects")), qPrintable(broken.error().text()));
        QCOMPARE(stored.size(), 1);
        cut = false;
        const auto done = push(path("repo/data/images"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text() + done.error().raw));
        QCOMPARE(int(done->made.size()), 2);
        const std::lock_guard guard(lock);
        for (const QString &name : filesBelow(fixture("dvc3")))
            if (stored.contains("/dvc/place/" + name.toLatin1()))
                QCOMPARE(stored.take("/dvc/place/" + name.toLatin1()), bytesOf(fixture("dvc3") + QLatin1Char('/') + name));
        QVERIFY(stored.isEmpty());
        QCOMPARE(checked, QByteArray::fromHex("ed4f324e8f982827f34ed5c46827212b").toBase64()); // the list was the last
    }
    void aStopEndsItBetweenObjects() {
        useFolder();
        auto made = plan(path("repo/d.dvc"));
        std::stop_source stop;
        const auto store = std::make_shared<EventfulStore>(made->store);
        store->after = [&](const QString &) {
            stop.request_stop();
            return Result<void>();
        };
        made->store = store;
        QCOMPARE(executeDvcPush(*made, stop.get_token()).error().kind, ErrorKind::Cancelled);
        QCOMPARE(filesBelow(path("remote")).size(), 1);
    }
    void twoAtOnceMakeEachObjectOnce() {
        useFolder();
        auto one = plan(path("repo/d")), two = plan(path("repo/d"));
        QVERIFY(one && two);
        Result<void> first, second;
        std::thread other([&] { second = executeDvcPush(*two); });
        first = executeDvcPush(*one);
        other.join();
        QVERIFY2(first && second, qPrintable((first ? second : first) ? QString() : (first ? second : first).error().text()));
        QVERIFY(readBackDvcPush(*one) && readBackDvcPush(*two));
        QCOMPARE(int(one->made.size() + two->made.size()), folderObjects);
        QSet<QString> all;
        for (const DvcPush *push : {&*one, &*two})
            for (const DvcPush::Made &made : push->made)
                all.insert(made.object);
        QCOMPARE(int(all.size()), folderObjects);
        QCOMPARE(filesBelow(path("remote")).size(), folderObjects); // and no temporary file
        QVERIFY(undoDvcPush(*one->store, one->madeJson())); // takes back its own only
        QCOMPARE(filesBelow(path("remote")).size(), int(two->made.size()));
    }
    void anUndoTakesBackWhatItMade() {
        use("dvc3");
        const auto before = push(path("repo/data/train.csv"));
        QVERIFY(before);
        const QStringList kept = filesBelow(path("remote"));
        const auto made = push(path("repo/data/images"));
        QVERIFY(made && made->made.size() == 3);
        QVERIFY(guardUndoDvcPush(*made->store, made->madeJson()));
        QVERIFY(undoDvcPush(*made->store, made->madeJson()));
        QCOMPARE(filesBelow(path("remote")), kept);
        QCOMPARE(guardUndoDvcPush(*made->store, made->madeJson()).error().kind, ErrorKind::Conflict);
        QVERIFY(undoDvcPush(*made->store, made->madeJson())); // that it is gone is no error
    }
    void anObjectThatChangesWhileItIsSentIsTakenBack() {
        use("dvc3");
        auto made = plan(path("repo/data/train.csv"));
        const QString object = path("repo/.dvc/cache/files/md5/6a/7c83758196c7cdf75b99b1e10bb89f");
        const auto store = std::make_shared<EventfulStore>(made->store);
        store->before = [&](const QString &) { return writeFileAtomically(object, QByteArray("somebody wrote into the cache")); };
        made->store = store;
        const auto sent = executeDvcPush(*made);
        QVERIFY(!sent);
        QCOMPARE(sent.error().kind, ErrorKind::Conflict);
        QVERIFY(filesBelow(path("remote")).isEmpty() && made->made.empty());
    }
    void aDamagedObjectIsNotSent() {
        use("dvc3");
        write(path("repo/.dvc/cache/files/md5/6a/7c83758196c7cdf75b99b1e10bb89f"), "a,b\n1,10\n2,20\n3,31\n");
        auto made = plan(path("repo/data/train.csv"));
        const auto sent = executeDvcPush(*made);
        QVERIFY(!sent);
        QCOMPARE(sent.error().kind, ErrorKind::Invalid);
        QVERIFY(sent.error().what.contains(QStringLiteral("damaged")));
        QVERIFY(filesBelow(path("remote")).isEmpty());
    }
    void aDamagedObjectOfTheRemoteIsSaid() {
        use("dvc3");
        write(path("remote/files/md5/6a/7c83758196c7cdf75b99b1e10bb89f"), "a,b");
        const auto made = plan(path("repo/data/train.csv"));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Conflict);
    }
    void aTextOfOtherLineEndsHasTheSameDigestInDvc2() { // so another length is no damage
        use("dvc2");
        write(path("remote/17/8ba85707470c41cf680fb37ff99f7f"), "x,y\n1,2\n3,4\n");
        const auto made = plan(path("repo/data/crlf.csv"));
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        QVERIFY(made->missing.empty());
    }
    void whatIsNotInTheCacheIsSaid() {
        use("dvc3");
        QVERIFY(QFile::remove(path("repo/.dvc/cache/files/md5/9d/b571f6c32ee7c9202f664c1b79e73d")));
        const auto made = plan(path("repo/data/images"));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::NotFound);
        QVERIFY2(made.error().what.contains(QString::fromUtf8("data/images/zwei ä.csv")), qPrintable(made.error().text()));
    }
    void remotesThatCannotBeWrittenAreRefusedByName_data() {
        QTest::addColumn<QByteArray>("remote");
        QTest::addColumn<QString>("word");
        QTest::newRow("http") << QByteArray("url = https://example.invalid/dvc") << "an http remote";
        QTest::newRow("cloud versioning") << QByteArray("url = s3://bucket/dvc\n    version_aware = true") << "version_aware";
        QTest::newRow("a worktree") << QByteArray("url = s3://bucket/dvc\n    worktree = true") << "worktree";
        QTest::newRow("encryption by key") << QByteArray("url = s3://bucket/dvc\n    sse_kms_key_id = k") << "sse_kms_key_id";
        QTest::newRow("an ACL") << QByteArray("url = s3://bucket/dvc\n    acl = private") << "acl";
    }
    void remotesThatCannotBeWrittenAreRefusedByName() {
        QFETCH(QByteArray, remote);
        QFETCH(QString, word);
        use("dvc3");
        write(path("repo/.dvc/config"), "['remote \"other\"']\n    " + remote + '\n');
        const auto made = plan(path("repo/data/train.csv"));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Refused);
        QVERIFY2(made.error().what.contains(QStringLiteral("“other”")) && made.error().what.contains(word), qPrintable(made.error().text()));
    }
    void whatIsKeptBackIsNotSent_data() {
        QTest::addColumn<QByteArray>("settings");
        QTest::newRow("push: false") << QByteArray("  push: false\n");
        QTest::newRow("push: False") << QByteArray("  push: False\n");
    }
    void whatIsKeptBackIsNotSent() {
        QFETCH(QByteArray, settings);
        use("dvc3");
        write(path("repo/data/train.csv.dvc"), bytesOf(path("repo/data/train.csv.dvc")) + settings);
        const auto own = plan(path("repo/data/train.csv.dvc"));
        QVERIFY(!own);
        QCOMPARE(own.error().kind, ErrorKind::Refused);
        const auto stage = plan(path("repo/stages/in/kept.json")); // cache: false in dvc.yaml, which dvc.lock does not say
        QVERIFY(!stage);
        QCOMPARE(stage.error().kind, ErrorKind::Refused);
        const auto lock = plan(path("repo/stages/dvc.lock"));
        QVERIFY2(lock, lock ? "" : qPrintable(lock.error().text()));
        QCOMPARE(lock->outputs.size(), 1u);
        QCOMPARE(lock->outputs.front().path, QStringLiteral("stages/in/prepared.csv"));
    }
    void theOutputsOwnRemoteIsTaken() {
        use("dvc3");
        write(path("repo/.dvc/config"), "[core]\n    remote = r\n['remote \"r\"']\n    url = ../../remote\n['remote \"own\"']\n    url = ../../own\n");
        write(path("repo/data/train.csv.dvc"), bytesOf(path("repo/data/train.csv.dvc")) + "  remote: own\n");
        QVERIFY(push(path("repo/data/train.csv")));
        QCOMPARE(filesBelow(path("own")).size(), 1);
        const auto other = plan(path("repo/data/train.csv"), QStringLiteral("r"));
        QVERIFY(other && other->missing.size() == 1);
        QCOMPARE(plan(path("repo/data/train.csv"), QStringLiteral("none")).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(tst_DvcPush)
#include "tst_dvc_push.moc"
