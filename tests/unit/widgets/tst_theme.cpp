// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/icons.h"
#include "widgets/base/state.h"
#include "widgets/base/theme.h"

#include <QApplication>
#include <QDir>
#include <QSignalSpy>
#include <QTest>

#include <array>
#include <cmath>

using namespace pilothouse::ui;

namespace {

double linear(double channel) { return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4); }

using Rgb = std::array<double, 3>;
Rgb linearOf(const QColor &c) { return {linear(c.redF()), linear(c.greenF()), linear(c.blueF())}; }

/// WCAG 2 contrast.
double contrast(const QColor &a, const QColor &b) {
    const auto luminance = [](const QColor &c) {
        const Rgb l = linearOf(c);
        return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
    };
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

/// Full dichromacy by Machado, Oliveira and Fernandes (2009), severity 1.0, in linear RGB.
constexpr double machado[3][3][3] = {
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};

Rgb seenWith(int deficiency, const QColor &c) {
    const Rgb in = linearOf(c);
    Rgb out{};
    for (int i = 0; i < 3; ++i)
        out[std::size_t(i)] = std::clamp(machado[deficiency][i][0] * in[0] + machado[deficiency][i][1] * in[1] + machado[deficiency][i][2] * in[2], 0.0, 1.0);
    return out;
}

/// CIE L*a*b*, D65.
Rgb lab(const Rgb &rgb) {
    const double x = (0.4124564 * rgb[0] + 0.3575761 * rgb[1] + 0.1804375 * rgb[2]) / 0.95047, y = 0.2126729 * rgb[0] + 0.7151522 * rgb[1] + 0.0721750 * rgb[2],
                 z = (0.0193339 * rgb[0] + 0.1191920 * rgb[1] + 0.9503041 * rgb[2]) / 1.08883;
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    return {116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))};
}

double deltaE76(const Rgb &a, const Rgb &b) { return std::sqrt(std::pow(a[0] - b[0], 2) + std::pow(a[1] - b[1], 2) + std::pow(a[2] - b[2], 2)); }

struct Named {
    const char *name;
    Ink ink, tint;
};
const Named states[] = {{"ok", &Tokens::ok, &Tokens::okT}, {"warn", &Tokens::warn, &Tokens::warnT}, {"bad", &Tokens::bad, &Tokens::badT},
                        {"pau", &Tokens::pau, &Tokens::pauT}, {"run", &Tokens::run, &Tokens::runT}, {"unk", &Tokens::unk, &Tokens::unkT}};

} // namespace

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyTextAndStateColourStandsOutOnEveryGround_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void everyTextAndStateColourStandsOutOnEveryGround() {
        QFETCH(bool, dark);
        const Tokens &t = tokensOf(dark);
        const std::pair<const char *, Ink> grounds[] = {{"bg0", &Tokens::bg0}, {"bg1", &Tokens::bg1}, {"bg2", &Tokens::bg2}, {"bg3", &Tokens::bg3}, {"sel", &Tokens::sel}};
        const auto check = [&](const char *ink, Ink colour, const char *ground, Ink on) {
            const double ratio = contrast(t.*colour, t.*on);
            QVERIFY2(ratio >= 4.595, qPrintable(QStringLiteral("%1 on %2: %3").arg(QLatin1String(ink), QLatin1String(ground)).arg(ratio)));
        };
        for (const auto &[ground, on] : grounds) {
            for (const auto &[ink, colour] : {std::pair{"t1", &Tokens::t1}, std::pair{"t2", &Tokens::t2}, std::pair{"t3", &Tokens::t3}})
                check(ink, colour, ground, on);
            for (const Named &state : states)
                check(state.name, state.ink, ground, on);
        }
        for (const Named &state : states)
            check(state.name, state.ink, "its own tint", state.tint);
        check("accOn", &Tokens::accOn, "acc", &Tokens::acc);
    }

    void statesStayApartForColourBlindEyes_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("least");
        QTest::newRow("dark, at least 23 apart") << true << 23.0;
        QTest::newRow("light, at least 18 apart") << false << 18.0;
    }
    void statesStayApartForColourBlindEyes() {
        QFETCH(bool, dark);
        QFETCH(double, least);
        const Tokens &t = tokensOf(dark);
        static const char *const eyes[] = {"protanopia", "deuteranopia", "tritanopia"};
        double smallest = 1000;
        QString where;
        for (int deficiency = 0; deficiency < 3; ++deficiency)
            for (const Named &a : states)
                for (const Named &b : states) {
                    if (&a >= &b)
                        continue;
                    const double apart = deltaE76(lab(seenWith(deficiency, t.*a.ink)), lab(seenWith(deficiency, t.*b.ink)));
                    if (apart < smallest) {
                        smallest = apart;
                        where = QStringLiteral("%1 and %2 under %3").arg(QLatin1String(a.name), QLatin1String(b.name), QLatin1String(eyes[deficiency]));
                    }
                }
        QVERIFY2(smallest >= least, qPrintable(QStringLiteral("%1: %2").arg(where).arg(smallest)));
    }

    void seriesStayApartForColourBlindEyes_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("least");
        QTest::newRow("dark, at least 14 apart") << true << 14.0;
        QTest::newRow("light, at least 12 apart") << false << 12.0;
    }
    void seriesStayApartForColourBlindEyes() {
        QFETCH(bool, dark);
        QFETCH(double, least);
        const Tokens &t = tokensOf(dark);
        const Ink series[] = {&Tokens::s1, &Tokens::s2, &Tokens::s3, &Tokens::s4, &Tokens::s5, &Tokens::s6, &Tokens::s7, &Tokens::s8};
        for (std::size_t a = 0; a < std::size(series); ++a) {
            QVERIFY(contrast(t.*series[a], t.bg1) >= 3); // a line is seen on a card
            for (std::size_t b = a + 1; b < std::size(series); ++b)
                for (int deficiency = 0; deficiency < 3; ++deficiency) {
                    const double apart = deltaE76(lab(seenWith(deficiency, t.*series[a])), lab(seenWith(deficiency, t.*series[b])));
                    QVERIFY2(apart >= least, qPrintable(QStringLiteral("s%1 and s%2: %3").arg(a + 1).arg(b + 1).arg(apart)));
                }
        }
    }

    void everyTokenHasAValueInBothThemes() {
        QCOMPARE(tokenNames().size(), std::size_t(39));
        for (const TokenName &token : tokenNames()) {
            QVERIFY2((tokensOf(true).*token.ink).isValid(), token.name);
            QVERIFY2((tokensOf(false).*token.ink).isValid(), token.name);
        }
    }

    void switchingRepaintsWithoutARestart() {
        Theme theme;
        theme.apply(SchemeChoice::Dark);
        QSignalSpy changed(&theme, &Theme::changed);
        Label label(QStringLiteral("x"));
        const QColor before = label.palette().color(QPalette::WindowText);
        theme.apply(SchemeChoice::Light);
        QCOMPARE(changed.size(), 1);
        QVERIFY(label.palette().color(QPalette::WindowText) != before);
        QCOMPARE(qApp->palette().color(QPalette::Window), tokensOf(false).bg0);
        theme.apply(SchemeChoice::Light);
        QCOMPARE(changed.size(), 1); // nothing differs, nothing is repainted
    }

    void theSystemsWishCountsOnlyWhileItIsAskedFor() {
        Theme theme;
        theme.apply(SchemeChoice::System);
        QVERIFY(theme.dark());
        theme.setSystemDark(false);
        QVERIFY(!theme.dark());
        theme.apply(SchemeChoice::Dark);
        theme.setSystemDark(false);
        QVERIFY(theme.dark());
    }

    void scaleMultipliesTypeAndLengthsAndIsBounded() {
        Theme theme;
        theme.apply(SchemeChoice::Dark, 150);
        QCOMPARE(theme.font(TextRole::Answer).pixelSize(), 42);
        QCOMPARE(theme.px(28), 42);
        theme.apply(SchemeChoice::Dark, 400);
        QCOMPARE(theme.scalePercent(), 150);
        theme.apply(SchemeChoice::Dark, 10);
        QCOMPARE(theme.scalePercent(), 90);
        QVERIFY(theme.font(TextRole::Caption).pixelSize() >= 11); // never below 11
    }

    void theStyleSheetHasNoUnfilledToken() {
        Theme theme;
        theme.apply(SchemeChoice::Dark);
        const QString sheet = theme.styleSheet();
        QVERIFY(!sheet.isEmpty());
        QVERIFY2(!sheet.contains(QLatin1Char('@')) || sheet.indexOf(QLatin1Char('@')) < sheet.indexOf(QLatin1String("*/")), qPrintable(sheet.mid(sheet.lastIndexOf(QLatin1Char('@')), 40)));
        QVERIFY(sheet.contains(tokensOf(true).bg3.name()));
    }

    void everyIconDrawsInTheAskedColour() {
        Theme theme;
        const QStringList files = QDir(QStringLiteral(":/icons")).entryList();
        QVERIFY(files.size() > 50);
        for (const QString &file : files) {
            const QImage image = iconPixmap(file.chopped(4), {32, 32}, Qt::red, Qt::blue, 1).toImage();
            bool red = false;
            for (int y = 0; y < 32 && !red; ++y)
                for (int x = 0; x < 32 && !red; ++x)
                    red = image.pixelColor(x, y).alpha() > 200 && image.pixelColor(x, y).red() > 200;
            QVERIFY2(red, qPrintable(file));
        }
    }

    void everyStateHasAGlyphAndAWord() {
        for (int i = int(State::Ok); i <= int(State::Waiting); ++i) {
            QVERIFY2(hasIcon(stateIcon(State(i))), qPrintable(stateIcon(State(i))));
            QVERIFY(!stateWord(State(i)).isEmpty());
        }
        // A state the mapping does not know is unknown, never ok.
        QCOMPARE(stateOf(pilothouse::pipelines::State::Unknown), State::Unknown);
        QCOMPARE(stateOf(pilothouse::promotion::GateState::Unknown), State::Unknown);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
