// SPDX-License-Identifier: GPL-3.0-or-later
// What a registry has to choose from, beside the image that is set: rows, the one that runs now, a choice, a registry that does not list.
#include "widgets/base/table.h"
#include "widgets/base/theme.h"
#include "widgets/cluster/image_tags.h"

#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using Q = QLatin1String;

namespace {

cluster::ImageTag tag(const char *name, const char *digest, qint64 size, std::optional<int> critical = {}) {
    cluster::ImageTag out;
    out.name = Q(name);
    out.digest = Q(digest);
    out.bytes = size;
    if (critical) {
        out.scan.emplace();
        out.scan->status = QStringLiteral("COMPLETE");
        if (*critical > 0)
            out.scan->counts.insert(QStringLiteral("critical"), *critical);
    }
    return out;
}

} // namespace

class tst_ImageTags : public QObject {
    Q_OBJECT
    Theme m_theme;

private Q_SLOTS:
    void rowsSayWhatRunsAndWhatWasFound() {
        ImageTags tags(nullptr, nullptr);
        tags.showFor(QStringLiteral("ghcr.io/team/api:421"), QStringLiteral("ghcr.io/team/api:420"));
        tags.showTags(std::vector{tag("421", "sha256:aaaaaaaaaaaaaaaaaaaa", 5000000, 2), tag("420", "sha256:bbbbbbbbbbbbbbbbbbbb", 5100000, 0)});
        auto *table = tags.findChild<Table *>(QStringLiteral("imageTags"));
        QCOMPARE(table->model()->rowCount(), 2);
        const auto cell = [&](int row, int column, int role = Qt::DisplayRole) { return table->model()->index(row, column).data(role); };
        QCOMPARE(cell(0, ImageTagModel::Tag).toString(), QStringLiteral("421"));
        QCOMPARE(cell(1, ImageTagModel::Tag).toString(), QStringLiteral("420 (now)"));
        QCOMPARE(cell(0, ImageTagModel::Findings).toString(), QStringLiteral("2 critical"));
        QCOMPARE(cell(0, ImageTagModel::Findings, TextStateRole).toInt(), int(State::Bad));
        QCOMPARE(cell(1, ImageTagModel::Digest).toString(), QStringLiteral("bbbbbbbbbbbb"));
    }

    void aChoiceIsAnImageAndAListIsNone() {
        ImageTags tags(nullptr, nullptr);
        tags.resize(500, 200);
        tags.show();
        QSignalSpy chosen(&tags, &ImageTags::chosen);
        tags.showFor(QStringLiteral("nginx:1.26"), {});
        tags.showTags(std::vector{tag("1.27", "", 0), tag("1.26", "", 0)});
        QCOMPARE(chosen.size(), 0); // nobody has chosen
        auto *table = tags.findChild<Table *>(QStringLiteral("imageTags"));
        table->setFocus();
        table->choose(QStringLiteral("1.26"));
        QTest::keyClick(table, Qt::Key_Up);
        QCOMPARE(chosen.last().first().toString(), QStringLiteral("nginx:1.27"));
        const auto before = chosen.size();
        tags.showTags(std::vector{tag("1.28", "", 0), tag("1.27", "", 0)}); // read again
        QCOMPARE(chosen.size(), before);
        tags.showFor(QStringLiteral("nginx:1.2"), {}); // the same repository: its rows stay
        QCOMPARE(table->model()->rowCount(), 2);
        tags.showFor(QStringLiteral("redis:7"), {});
        QCOMPARE(table->model()->rowCount(), 0);
    }

    void aRegistryThatDoesNotListIsSaid() {
        ImageTags tags(nullptr, nullptr);
        tags.showFor(QStringLiteral("ghcr.io/team/api:1"), {});
        tags.showTags(Error{ErrorKind::Denied, QStringLiteral("ghcr.io refuses to list."), {}, QStringLiteral("Add a connection of kind images."), {}});
        auto *told = tags.findChild<Label *>(QStringLiteral("imageTold"));
        QVERIFY2(told->text().contains(QStringLiteral("kind images")), qPrintable(told->text()));
    }
};

QTEST_MAIN(tst_ImageTags)
#include "tst_image_tags.moc"
