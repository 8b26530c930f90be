// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/image_guard.h"

#include <QMap>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;

namespace {
const QString older = QStringLiteral("sha256:") + QString(64, QLatin1Char('a')), newer = QStringLiteral("sha256:") + QString(64, QLatin1Char('b'));
}

class tst_ImageGuard : public QObject {
    Q_OBJECT
    QMap<QString, QString> m_registry; ///< what is there: name → digest
    std::optional<Error> m_error;
    int m_asked = 0;
    ImageLook look() {
        return [this](const QString &image, std::stop_token) -> Result<QString> {
            ++m_asked;
            if (m_error)
                return *m_error;
            return m_registry.contains(image) ? Result<QString>(m_registry.value(image)) : Result<QString>(notFound(QStringLiteral("gone")));
        };
    }

private Q_SLOTS:
    void init() {
        m_registry = {{QStringLiteral("ghcr.io/t/app:1"), older}, {QStringLiteral("ghcr.io/t/app:2"), newer}};
        m_error.reset();
        m_asked = 0;
    }

    void whatIsThereMayComeBack() {
        QVERIFY(imageExists(QStringLiteral("ghcr.io/t/app:1"), look()));
        QVERIFY(imageExists(QStringLiteral("ghcr.io/t/app:1"), look(), older));
        const ImageCheck check = checkImage(QStringLiteral("ghcr.io/t/app:1"), older, look());
        QCOMPARE(check.state, ImageState::There);
        QCOMPARE(check.sentence, QStringLiteral("ghcr.io/t/app:1 is in its registry (sha256:aaaaaaaaaaaa…)."));
    }

    void whatWasCleanedAwayIsAConflict() {
        const auto gone = imageExists(QStringLiteral("ghcr.io/t/app:0"), look());
        QVERIFY(!gone);
        QCOMPARE(gone.error().kind, ErrorKind::Conflict);
        QVERIFY2(gone.error().what.contains(QStringLiteral("no longer in its registry")), qPrintable(gone.error().text()));
        QVERIFY(gone.error().hint.contains(QStringLiteral("ECR")));
        const auto guard = imagesGuard({QStringLiteral("ghcr.io/t/app:1"), QStringLiteral("ghcr.io/t/app:0"), QStringLiteral("ghcr.io/t/app:1")}, look());
        m_asked = 0;
        QVERIFY(!guard());
        QCOMPARE(m_asked, 2); // one a name
    }

    void aTagThatWasPushedAnewIsAConflict() {
        const auto moved = imageExists(QStringLiteral("ghcr.io/t/app:2"), look(), older);
        QVERIFY(!moved);
        QVERIFY2(moved.error().what.contains(QStringLiteral("names sha256:bbbbbbbbbbbb… now; it ran as sha256:aaaaaaaaaaaa…")), qPrintable(moved.error().text()));
        m_registry.insert(QStringLiteral("ghcr.io/t/app:2@") + older, older); // the older bytes are still there
        QVERIFY(imageExists(QStringLiteral("ghcr.io/t/app:2"), look(), older).error().hint.contains(QStringLiteral("ghcr.io/t/app:2@") + older));
        QVERIFY(imageExists(QStringLiteral("ghcr.io/t/app:2@") + older, look(), newer)); // a digest is what it is
    }

    void aRegistryThatCannotBeAskedIsToldAndStopsNothing() {
        m_error = Error{ErrorKind::Unreachable, QStringLiteral("ghcr.io refuses access."), {}, QStringLiteral("Log in."), {}};
        QVERIFY(imageExists(QStringLiteral("ghcr.io/t/app:1"), look()));
        const ImageCheck check = checkImage(QStringLiteral("ghcr.io/t/app:1"), {}, look());
        QCOMPARE(check.state, ImageState::Unknown);
        QVERIFY(check.sentence.contains(QStringLiteral("not known: ghcr.io refuses access.")));
        QCOMPARE(check.hint, QStringLiteral("Log in."));
        QVERIFY(imageExists(QStringLiteral("no image at all!"), look()));
        QVERIFY(imagesGuard({QStringLiteral("ghcr.io/t/app:0")}, {})()); // no registry to ask
    }
};

QTEST_GUILESS_MAIN(tst_ImageGuard)
#include "tst_image_guard.moc"
