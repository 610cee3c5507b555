/** Serves until a signal. SIGTERM stops the application without losing a call. */
import { NestFactory } from '@nestjs/core';

async function main(): Promise<void> {
  process.env.NATS_URL ??= 'nats://127.0.0.1:4222';
  const { AppModule } = await import('./app.module.js'); // reads NATS_URL
  const app = await NestFactory.createApplicationContext(AppModule);
  app.enableShutdownHooks();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
