// SPDX-License-Identifier: GPL-3.0-or-later
// The watch against a server that plays every fault: whatever happens, the table equals a fresh list, and its changes lead there.
#include "core/cluster/kube_feed.h"
#include "core/cluster/kube_watches.h"
#include "tests/support/loopback_server.h"
#include "tests/support/replay_api.h"

#include <QHash>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::ReplayApi;
using support::ReplayOptions;

namespace {

using Mirror = QHash<QString, KubeRowPtr>;

/// Applies changes as a model would; says what is not exact.
QString applied(Mirror &mirror, const KubeChanges &changes) {
    if (changes.whole)
        mirror.clear();
    for (const KubeRowPtr &row : changes.inserted) {
        if (mirror.contains(row->id))
            return QStringLiteral("inserted twice: ") + row->id;
        mirror.insert(row->id, row);
    }
    for (const KubeRowPtr &row : changes.changed) {
        if (!mirror.contains(row->id))
            return QStringLiteral("changed, but never inserted: ") + row->id;
        mirror.insert(row->id, row);
    }
    for (const QString &id : changes.removed)
        if (mirror.remove(id) != 1)
            return QStringLiteral("removed, but never inserted: ") + id;
    return {};
}

/// "" if the rows are those of the server, field by field.
QString difference(const std::vector<KubeRowPtr> &rows, const QList<QByteArray> &objects, const KubeKind &kind) {
    QHash<QString, QJsonObject> wanted;
    for (const QByteArray &bytes : objects) {
        const auto row = kubeRow(kind, QJsonDocument::fromJson(bytes).object());
        if (!row)
            return row.error().text();
        wanted.insert((*row)->id, toJson(**row));
    }
    for (const KubeRowPtr &row : rows) {
        const auto found = wanted.constFind(row->id);
        if (found == wanted.constEnd())
            return QStringLiteral("should be gone: ") + row->id;
        if (toJson(*row) != *found)
            return QStringLiteral("is old: ") + row->id;
        wanted.erase(found);
    }
    return wanted.isEmpty() ? QString() : QStringLiteral("is missing: ") + wanted.begin().key();
}

} // namespace

class TestKubeWatch : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    QThreadPool m_pool;

    KubeSource source(const QString &url) {
        KubeSource source;
        source.http = m_http;
        source.pool = &m_pool;
        source.where = url;
        source.request = [url](const QString &path, const QUrlQuery &query, std::stop_token) -> Result<net::Request> {
            net::Request request;
            request.url = url + path + QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
            return request;
        };
        return source;
    }
    static KubeWatchOptions quick(const KubeKind &kind, bool streamed) {
        KubeWatchOptions options;
        options.kind = kind;
        options.streamingLists = streamed;
        options.pageSize = 40;
        options.streamSeconds = 1;
        options.stallSeconds = 5;
        options.shortestPause = std::chrono::milliseconds(4);
        options.longestPause = std::chrono::milliseconds(60);
        options.relistPause = std::chrono::milliseconds(40);
        options.seed = 7;
        return options;
    }

private Q_SLOTS:
    void initTestCase() { m_pool.setMaxThreadCount(8); }
    void cleanupTestCase() { m_pool.waitForDone(); }

    void whatever_happens_the_table_equals_a_fresh_list_data() {
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<bool>("streamed");
        const int more = qEnvironmentVariableIntValue("PILOTHOUSE_SEEDS"); // a longer search by hand
        for (quint64 seed = 1; seed <= quint64(std::max(6, more)); ++seed)
            for (const bool streamed : {true, false})
                QTest::addRow("seed %d, %s", int(seed), streamed ? "lists as streams" : "lists in pages") << seed << streamed;
    }
    void whatever_happens_the_table_equals_a_fresh_list() {
        QFETCH(quint64, seed);
        QFETCH(bool, streamed);
        ReplayOptions options;
        options.pods = 150;
        options.deployments = 30;
        options.seed = seed;
        options.history = 400;
        options.bookmarkMs = 30;
        ReplayApi api(options);
        KubeWatchOptions ofPods = quick(kinds::Pod, streamed), ofDeployments = quick(kinds::Deployment, streamed);
        ofPods.stallSeconds = ofDeployments.stallSeconds = 1; // some faults are silence
        KubeWatch pods(source(api.url()), ofPods), deployments(source(api.url()), ofDeployments);
        std::mt19937_64 random(seed);
        api.setFaults(0.3, seed);
        Mirror mirror;
        quint64 revision = 0;
        for (int round = 0; round < 60; ++round) {
            api.change(int(random() % 20));
            switch (random() % 12) {
            case 0: api.cut(); break;
            case 1: api.forget(); break;
            case 2: pods.pause(); break;
            case 3: pods.relist(); break;
            default: pods.resume(); break;
            }
            QTest::qWait(int(random() % 30)); // lets the faults fall on different moments; nothing is judged by it
            const KubeChanges changes = pods.table()->changesSince(revision);
            revision = changes.revision;
            QCOMPARE(applied(mirror, changes), QString());
        }
        api.setFaults(0);
        pods.resume();
        api.change(10);
        QVERIFY(api.faults() > 0);
        QTRY_COMPARE_WITH_TIMEOUT(difference(pods.table()->rows(), api.objects("pods"), kinds::Pod), QString(), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(difference(deployments.table()->rows(), api.objects("deployments"), kinds::Deployment), QString(), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(pods.status().phase, WatchPhase::Live, 30000);
        const KubeChanges last = pods.table()->changesSince(revision);
        QCOMPARE(applied(mirror, last), QString());
        QCOMPARE(difference({mirror.begin(), mirror.end()}, api.objects("pods"), kinds::Pod), QString());
        // And it goes on.
        api.change(25);
        QTRY_COMPARE_WITH_TIMEOUT(difference(pods.table()->rows(), api.objects("pods"), kinds::Pod), QString(), 10000);
    }

    void a_list_anew_keeps_what_did_not_change() {
        ReplayOptions options;
        options.pods = 100;
        options.deployments = 0;
        ReplayApi api(options);
        KubeWatch watch(source(api.url()), quick(kinds::Pod, true));
        QTRY_COMPARE(watch.status().phase, WatchPhase::Live);
        QCOMPARE(watch.table()->size(), std::size_t(100));
        const quint64 revision = watch.table()->revision(), lists = watch.status().lists;
        QHash<QString, const KubeRow *> before;
        for (const KubeRowPtr &row : watch.table()->rows())
            before.insert(row->id, row.get());
        const auto kept = watch.table()->rows();
        api.forget(); // 410 in the stream
        QTRY_VERIFY(watch.status().lists > lists && watch.status().phase == WatchPhase::Live);
        QVERIFY(watch.table()->changesSince(revision).empty());
        for (const KubeRowPtr &row : watch.table()->rows())
            QCOMPARE(before.value(row->id), row.get());
    }

    void a_paused_watch_has_no_stream_and_goes_on_where_it_stood() {
        ReplayOptions options;
        options.pods = 50;
        options.deployments = 0;
        ReplayApi api(options);
        KubeWatchOptions patient = quick(kinds::Pod, true);
        patient.streamSeconds = 60;
        KubeWatch watch(source(api.url()), patient);
        QTRY_COMPARE(watch.status().phase, WatchPhase::Live);
        const quint64 lists = watch.status().lists;
        watch.pause();
        QCOMPARE(watch.status().phase, WatchPhase::Paused);
        QVERIFY(watch.status().staleSince.isValid());
        api.change(5); // the server notices at its next write that nobody listens
        QTRY_COMPARE_WITH_TIMEOUT(api.streams(), 0, 10000);
        api.change(30);
        watch.resume();
        QTRY_COMPARE(difference(watch.table()->rows(), api.objects("pods"), kinds::Pod), QString());
        QTRY_COMPARE(watch.status().phase, WatchPhase::Live);
        QCOMPARE(watch.status().lists, lists);
        QVERIFY(!watch.status().staleSince.isValid());
    }

    void a_server_without_streamed_lists_is_asked_for_pages() {
        ReplayOptions options;
        options.pods = 130;
        options.deployments = 0;
        options.streamingLists = false;
        ReplayApi api(options);
        KubeWatch watch(source(api.url()), quick(kinds::Pod, true));
        QTRY_COMPARE(watch.status().phase, WatchPhase::Live);
        QCOMPARE(watch.table()->size(), std::size_t(130));
        QVERIFY(!watch.status().streamed && !watch.status().error);
    }

    void a_cut_restarts_its_own_stream_only() {
        ReplayOptions options;
        options.pods = 20;
        options.deployments = 20;
        ReplayApi api(options);
        KubeWatchOptions one = quick(kinds::Pod, true), other = quick(kinds::Deployment, true);
        one.streamSeconds = other.streamSeconds = 60;
        one.stallSeconds = other.stallSeconds = 60;
        KubeWatch pods(source(api.url()), one), deployments(source(api.url()), other);
        QTRY_VERIFY(pods.status().phase == WatchPhase::Live && deployments.status().phase == WatchPhase::Live);
        const auto sum = [&] { return pods.status().resumes + deployments.status().resumes; };
        const quint64 before = sum();
        api.cut(1);
        QTRY_COMPARE(sum(), before + 1);
        QTRY_VERIFY(pods.status().phase == WatchPhase::Live && deployments.status().phase == WatchPhase::Live);
        api.change(40);
        QTRY_COMPARE(difference(pods.table()->rows(), api.objects("pods"), kinds::Pod), QString());
        QTRY_COMPARE(difference(deployments.table()->rows(), api.objects("deployments"), kinds::Deployment), QString());
        QCOMPARE(sum(), before + 1);
        QCOMPARE(pods.status().lists + deployments.status().lists, quint64(2));
    }

    void a_kind_that_the_server_does_not_have_is_absent() {
        ReplayOptions options;
        options.pods = options.deployments = 0;
        ReplayApi api(options);
        KubeWatch watch(source(api.url()), quick(kinds::Rollout, true));
        QTRY_COMPARE(watch.status().phase, WatchPhase::Absent);
        QCOMPARE(watch.status().error->what, QStringLiteral("This cluster has no rollouts.argoproj.io."));
        QVERIFY(watch.status().nextTry.isValid());
    }

    void a_login_page_is_named() {
        support::LoopbackServer portal([](support::LoopbackServer::Connection &connection, int) {
            while (!connection.readRequest().isEmpty())
                connection.reply(200, "<html><body>Log in</body></html>", "Content-Type: text/html\r\n");
        });
        KubeWatch watch(source(QStringLiteral("http://127.0.0.1:%1").arg(portal.port())), quick(kinds::Pod, true));
        QTRY_VERIFY(watch.status().error && watch.status().error->what.contains(QLatin1String("web page")));
        QTRY_VERIFY(watch.status().attempts > 2);
        QVERIFY(watch.status().staleSince.isValid());
        QCOMPARE(watch.table()->size(), std::size_t(0));
    }

    void a_server_that_is_down_is_said_and_found_again() {
        ReplayOptions options;
        options.pods = 10;
        options.deployments = 0;
        auto api = std::make_unique<ReplayApi>(options);
        QString url = api->url();
        KubeSource asked = source(url);
        asked.request = [&url](const QString &path, const QUrlQuery &query, std::stop_token) -> Result<net::Request> {
            net::Request request;
            request.url = url + path + QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
            return request;
        };
        KubeWatchOptions slower = quick(kinds::Pod, true);
        slower.longestPause = std::chrono::milliseconds(300);
        KubeWatch watch(asked, slower);
        QTRY_COMPARE(watch.status().phase, WatchPhase::Live);
        api.reset();
        QTRY_VERIFY(watch.status().error && watch.status().phase != WatchPhase::Live);
        QCOMPARE(watch.table()->size(), std::size_t(10)); // as it was
        watch.pause(); // nobody reads the address meanwhile
        m_pool.waitForDone();
        options.seed = 2;
        api = std::make_unique<ReplayApi>(options);
        url = api->url();
        watch.resume();
        watch.relist();
        QTRY_COMPARE_WITH_TIMEOUT(difference(watch.table()->rows(), api->objects("pods"), kinds::Pod), QString(), 10000);
    }

    void a_feed_tells_exact_changes_in_slices() {
        ReplayOptions options;
        options.pods = 1000;
        options.deployments = 0;
        ReplayApi api(options);
        auto watch = std::make_shared<KubeWatch>(source(api.url()), quick(kinds::Pod, true));
        KubeFeed feed(watch);
        Mirror mirror;
        QString wrong;
        std::size_t largest = 0;
        connect(&feed, &KubeFeed::changed, this, [&](const KubeChanges &changes) {
            largest = std::max({largest, changes.inserted.size() + changes.changed.size(), std::size_t(changes.removed.size())});
            if (wrong.isEmpty())
                wrong = applied(mirror, changes);
        });
        QTRY_COMPARE_WITH_TIMEOUT(mirror.size(), 1000, 30000);
        QVERIFY(largest <= 128);
        api.churn(500);
        QTest::qWait(700);
        api.churn(0);
        QTRY_COMPARE_WITH_TIMEOUT(difference({mirror.begin(), mirror.end()}, api.objects("pods"), kinds::Pod), QString(), 30000);
        QCOMPARE(wrong, QString());
        QCOMPARE(feed.rows().size(), mirror.size());
        // So far behind that only the whole table tells: what it makes of that is exact, too.
        const quint64 known = watch->table()->revision();
        std::vector<KubeRowPtr> some = watch->table()->rows();
        some.resize(700);
        for (int round = 0; round < 100; ++round) // more steps than are remembered, while this thread is not at its loop
            for (const KubeRowPtr &row : some) {
                watch->table()->remove(row->id);
                if (round < 99 || row->name.back() != QLatin1Char('7'))
                    watch->table()->put({row});
            }
        QVERIFY(watch->table()->changesSince(known).whole);
        QVERIFY(watch->table()->size() < 1000);
        QTRY_COMPARE_WITH_TIMEOUT(std::size_t(mirror.size()), watch->table()->size(), 30000);
        QCOMPARE(wrong, QString());
        QVERIFY(largest <= 128);
        QCOMPARE(feed.rows().size(), mirror.size());
    }

    void watches_of_the_same_objects_are_shared() {
        ReplayOptions options;
        options.pods = options.deployments = 5;
        ReplayApi api(options);
        KubeWatches watches(source(api.url()));
        auto one = watches.watch(kinds::Pod, {}), two = watches.watch(kinds::Pod, {}), other = watches.watch(kinds::Pod, QStringLiteral("team-01"));
        QCOMPARE(one.get(), two.get());
        QVERIFY(one != other);
        QTRY_COMPARE(one->table()->size(), std::size_t(5));
        QTRY_COMPARE(other->table()->size(), std::size_t(1));
        watches.setPaused(true);
        QCOMPARE(one->status().phase, WatchPhase::Paused);
        const auto later = watches.watch(kinds::Deployment, {});
        QCOMPARE(later->status().phase, WatchPhase::Paused);
        watches.setPaused(false);
        QTRY_COMPARE(later->table()->size(), std::size_t(5));
        one.reset();
        two.reset();
        other.reset();
        QCOMPARE(watches.running().size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestKubeWatch)
#include "tst_kube_watch.moc"
