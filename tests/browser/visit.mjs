// Visits pages and prints what a person would notice. Standard input has a JSON array of visits:
// { url, agent, language, width, height, scale, dark, screenshot, download }. Standard output gets an array of findings.
import axe from "axe-core";
import jsQR from "jsqr";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = fileURLToPath(new URL("node_modules/.chromium/", import.meta.url));
const executablePath = process.env.CHROMIUM || folder + "chromium";
if (!existsSync(executablePath)) {
    console.error(`There is no browser at ${executablePath}. Run tests/browser/setup.sh, or set CHROMIUM to a Chromium.`);
    process.exit(1);
}
const env = process.env.CHROMIUM
    ? process.env
    : { ...process.env, LD_LIBRARY_PATH: folder + "al2023/lib", FONTCONFIG_FILE: folder + "fonts.conf" };
const browser = await chromium.launch({
    executablePath,
    env,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-zygote"],
});
try {
    const findings = [];
    for (const visit of JSON.parse(readFileSync(0, "utf8"))) findings.push(await look(visit));
    console.log(JSON.stringify(findings));
} finally {
    await browser.close();
}

async function look({ url, agent, language, width, height, scale = 1, dark = false, screenshot, download }) {
    const context = await browser.newContext({
        userAgent: agent,
        locale: language,
        viewport: { width, height },
        deviceScaleFactor: scale,
        colorScheme: dark ? "dark" : "light",
    });
    const page = await context.newPage();
    const complaints = [];
    const requests = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("response", (response) => requests.push(`${response.status()} ${new URL(response.url()).pathname}`));
    const response = await page.goto(url, { waitUntil: "load" });
    if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
    const { lang, heading, isTooWide, images, scripts } = await page.evaluate(() => ({
        lang: document.documentElement.lang,
        heading: document.querySelector("h1").textContent,
        isTooWide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
        images: [...document.images].map((image) => ({ alt: image.alt, isLoaded: image.naturalWidth > 0 })),
        scripts: document.scripts.length,
    }));
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run());
    const code = await readCode(page);
    const focused = await tabThrough(page);
    const loaded = [...requests];
    const downloaded = download ? await clickDownload(page) : null;
    await context.close();
    return {
        status: response.status(), lang, heading, isTooWide, images, scripts, code, focused, downloaded, complaints,
        requests: loaded,
        violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
    };
}

// What a camera reads in the picture of the code, if there is one.
async function readCode(page) {
    const pixels = await page.evaluate(async () => {
        const image = document.querySelector("img.code");
        if (!image) return null;
        const side = 800, canvas = new OffscreenCanvas(side, side), context = canvas.getContext("2d");
        context.drawImage(image, 0, 0, side, side);
        return { side, data: [...context.getImageData(0, 0, side, side).data] };
    });
    return pixels && (jsQR(Uint8ClampedArray.from(pixels.data), pixels.side, pixels.side)?.data ?? "unreadable");
}

// The texts of what the tabulator key reaches, in order.
async function tabThrough(page) {
    const texts = [];
    for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press("Tab");
        const text = await page.evaluate(() => document.activeElement === document.body
            ? null
            : document.activeElement.textContent);
        if (text === null || texts.includes(text)) break;
        texts.push(text);
    }
    return texts;
}

async function clickDownload(page) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("a.button")]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()).length };
}
