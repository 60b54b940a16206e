// Reads codes with the camera, where the browser can.
const LOOK_MS = 150, SAME_MS = 5000;

export class Camera {
  stream = null; last = ""; lastAt = 0;

  /** @param {HTMLVideoElement} video @param {(text: string) => Promise<void>} onCode */
  constructor(video, onCode) { Object.assign(this, { video, onCode }); }

  static async canRead() {
    const kinds = await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => []) ?? [];
    return kinds.includes("qr_code") && Boolean(navigator.mediaDevices);
  }

  /** Whether the person has allowed the camera before, so that nothing needs to be asked. */
  static async isAllowed() {
    const permission = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
    return permission?.state === "granted";
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    delete this.video.dataset.on;
  }

  /** Rejects if the camera is not available. */
  async start() {
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    this.video.dataset.on = "";
    this.video.srcObject = this.stream;
    await this.video.play();
    this.detector = new BarcodeDetector({ formats: ["qr_code"] });
    this.look();
  }

  async look() {
    if (!this.stream) return;
    const [found] = await this.detector.detect(this.video).catch(() => []);
    const text = found?.rawValue;
    // The camera sees the same code many times a second.
    if (text && (text !== this.last || Date.now() - this.lastAt > SAME_MS)) {
      [this.last, this.lastAt] = [text, Date.now()];
      await this.onCode(text);
    }
    setTimeout(() => this.look(), LOOK_MS);
  }
}
