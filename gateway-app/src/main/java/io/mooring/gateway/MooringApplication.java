package io.mooring.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The gateway's entry point. */
@SpringBootApplication
public class MooringApplication {

    public static void main(String[] args) {
        SpringApplication.run(MooringApplication.class, args);
    }
}
